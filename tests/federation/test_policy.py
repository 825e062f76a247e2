"""
The exit rule, attacked: every label, sensitivity, door and audience against a second opinion.

`expected` was written from the text of the label table, not from the code: it asks one question
after the other, where the code looks up a table.
"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.policy import (
    LABELS,
    SENSITIVITIES,
    Audience,
    Door,
    StaysHere,
    audience_of,
    leaves,
    may_leave,
    may_tell,
    visible_labels,
)

BOTH = (False, True)
EVERY = list(product(LABELS, SENSITIVITIES, Door, Audience, BOTH, BOTH, BOTH))
DIRECTORY_DOORS = ("page", "feed", "log", "api", "export", "peers")


def expected(
    label: str,
    sensitivity: str,
    door: str,
    audience: str,
    consent: bool,
    onward: bool,
    grounded: bool,
) -> bool:
    """Say whether the record may leave."""
    if audience == "staff" and door in ("page", "api"):
        return True  # staff look at their own hub; nothing leaves
    if audience == "subject":
        # What is held about a person is theirs: as a file, and what the receipt code shows.
        return door in ("export", "api", "page")
    if label == "tlp-red" or sensitivity == "data-special":
        return False
    if door == "escalation":
        if audience != "addressee":
            return False
        if not grounded and sensitivity in ("data-pseudonymous", "data-personal"):
            return False
        return not (onward and label.startswith("tlp-amber"))
    if sensitivity == "data-personal" and not (consent and door in DIRECTORY_DOORS):
        return False
    if label == "tlp-amber-strict":
        return False
    if label == "tlp-amber":
        return (door, audience) == ("export", "staff")
    if door == "log" and audience in ("staff", "addressee"):
        return False  # the log is written for the world or for the peers, for nobody else
    if door in ("api", "mail", "export") and audience == "addressee":
        return False
    if door == "peers" and audience in ("everyone", "staff"):
        return False
    if label == "tlp-clear":
        return True
    if door in ("page", "feed"):
        return False
    return audience in ("peer", "staff") or (door, audience) == ("peers", "addressee")


@pytest.mark.parametrize(("label", "sensitivity"), list(product(LABELS, SENSITIVITIES)))
def test_every_combination_is_decided_as_the_label_table_says(label: str, sensitivity: str) -> None:
    for door, audience, consent, onward, grounded in product(Door, Audience, BOTH, BOTH, BOTH):
        wanted = expected(label, sensitivity, door.value, audience.value, consent, onward, grounded)
        case = (label, sensitivity, door, audience, consent, onward, grounded)

        left = _leaves(label, sensitivity, door, audience, consent, onward, grounded)
        assert left is wanted, case
        if not onward and (grounded or door is not Door.ESCALATION):
            assert leaves(label, sensitivity, door, audience, consent=consent) is wanted, case


def _leaves(
    label: str,
    sensitivity: str,
    door: Door,
    audience: Audience,
    consent: bool,
    onward: bool,
    grounded: bool,
) -> bool:
    try:
        may_leave(
            label,
            sensitivity,
            door,
            audience,
            consent=consent,
            onward=onward,
            grounded=grounded,
        )
    except StaysHere:
        return False
    return True


def test_red_never_leaves_by_any_door() -> None:
    for _, sensitivity, door, audience, consent, onward, grounded in EVERY:
        if (door, audience) in (
            (Door.PAGE, Audience.STAFF),
            (Door.API, Audience.STAFF),
            (Door.EXPORT, Audience.SUBJECT),
            (Door.API, Audience.SUBJECT),
            (Door.PAGE, Audience.SUBJECT),
        ):
            continue
        with pytest.raises(StaysHere):
            may_leave(
                "tlp-red",
                sensitivity,
                door,
                audience,
                consent=consent,
                onward=onward,
                grounded=grounded,
            )


def test_the_coalition_never_gets_more_than_everyone() -> None:
    for door in Door:
        assert visible_labels(door, Audience.COALITION) <= {"tlp-clear"}


@given(
    st.text().filter(lambda text: text not in LABELS),
    st.sampled_from(Door),
    st.sampled_from(Audience),
)
def test_an_unknown_label_is_refused_everywhere_and_not_repeated(
    label: str, door: Door, audience: Audience
) -> None:
    with pytest.raises(StaysHere) as refusal:
        may_leave(label, "data-none", door, audience)

    assert str(refusal.value) == "The handling label is unknown here, so this stays in the hub."


@given(
    st.text().filter(lambda text: text not in SENSITIVITIES),
    st.sampled_from(Door),
    st.sampled_from(Audience),
)
def test_an_unknown_sensitivity_is_refused_everywhere(
    sensitivity: str, door: Door, audience: Audience
) -> None:
    with pytest.raises(StaysHere):
        may_leave("tlp-clear", sensitivity, door, audience)


@pytest.mark.parametrize("label", ["TLP-CLEAR", "tlp-clear ", "TLP:CLEAR", "tlp-white", ""])
def test_a_label_that_only_looks_like_one_is_refused(label: str) -> None:
    assert not leaves(label, "data-none", Door.PAGE, Audience.EVERYONE)


def test_searches_see_exactly_the_labels_that_may_leave() -> None:
    for door, audience in product(Door, Audience):
        assert visible_labels(door, audience) == {
            label for label in LABELS if leaves(label, "data-none", door, audience)
        }


@pytest.mark.parametrize(
    ("kind", "active", "audience"),
    [
        ("hub", True, Audience.PEER),
        ("hub", False, Audience.EVERYONE),
        ("coalition", True, Audience.COALITION),
        ("coalition", False, Audience.EVERYONE),
        ("source", True, Audience.EVERYONE),
        ("source", False, Audience.EVERYONE),
        ("something", True, Audience.EVERYONE),
    ],
)
def test_a_peer_counts_as_what_its_kind_and_state_make_it(
    kind: str, active: bool, audience: Audience
) -> None:
    assert audience_of(kind, active=active) is audience


@pytest.mark.parametrize("label", [*LABELS, "tlp-white", "", "TLP-CLEAR"])
@pytest.mark.parametrize("sensitivity", [*SENSITIVITIES, "data-public", ""])
def test_staff_may_be_told_of_every_record_that_is_understood_and_of_no_other(
    label: str, sensitivity: str
) -> None:
    known = label in LABELS and sensitivity in SENSITIVITIES

    for audience, consent in (
        (Audience.STAFF, False),
        (Audience.STAFF, True),
        (Audience.EVERYONE, True),
    ):
        if known:
            may_tell(label, sensitivity, audience, consent=consent)
        else:
            with pytest.raises(StaysHere):
                may_tell(label, sensitivity, audience, consent=consent)
    with pytest.raises(StaysHere):
        may_tell(label, sensitivity, Audience.EVERYONE)
