"""What a copy may carry and what it never carries, on which terms it goes, and until when."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.cases.case import Case
from content.cases.retention import Periods
from content.cases.store import CaseErased, CaseStore
from federation.escalation.answering import accept_offer
from federation.escalation.copying import (
    DeleteDateWrong,
    Edits,
    OnwardTooWide,
    Part,
)
from federation.escalation.grounds import Ground
from federation.escalation.letter_reading import read_letter
from federation.escalation.letters import LetterInvalid
from federation.escalation.offer_text import OfferTerms, OfferText
from federation.escalation.offering import offer_case, preview_offer
from federation.escalation.reading import read_thread
from federation.law.erasing import erase_case
from federation.law.retention import give_notices, plan
from federation.policy import OnwardUse, StaysHere
from protocol.documents.inner import CaseCopy, OfferCase, write_inner
from tests.federation.escalation.pair import Pair, Side

WHOLE: dict[str, Any] = {
    "context": "PELICAN-CONTEXT the office of the fourth district",
    "jurisdiction": "PELICAN-PLACE",
    "deadline_reason": "PELICAN-REASON",
    "principles": ["p2-privacy-security"],
    "framework": ["tool-procurement-clauses"],
    "request_type": "req-procurement",
    "wanted": ["wanted-review", "wanted-answer"],
    "stage": "stage-tender",
    "urgency": "urgency-high",
    "deadline": "2027-01-15",
    "requester": {
        "role": "who-city-official",
        "name": "Marta Ruiz",
        "contact": "marta@city.example",
        "organisation": "PELICAN-OFFICE",
        "organisation_type": "org-municipality",
    },
}
FOR_OUTSIDERS = Edits(
    title="Chatbot for a city", context="A city buys its first chatbot.", jurisdiction="A state"
)


def test_the_receiver_gets_stores_and_shows_all_that_the_copy_says(pair: Pair) -> None:
    case = pair.a.has_case(**WHOLE)

    offered = pair.a.do(offer_case, case.id, pair.b.host, edits=FOR_OUTSIDERS)
    pair.carry()

    incoming = pair.b.only_offer()
    offer = pair.b.read(lambda db: read_thread(db, pair.b.hub, incoming.id)).offer
    assert offer is not None
    assert (offer.title, offer.context) == ("Chatbot for a city", "A city buys its first chatbot.")
    assert (offer.request_type, offer.wanted) == ("req-procurement", WHOLE_WANTED)
    assert (offer.stage, offer.urgency) == ("stage-tender", "urgency-high")
    assert (offer.principles, offer.framework) == (
        ("p2-privacy-security",),
        ("tool-procurement-clauses",),
    )
    assert (offer.jurisdiction, offer.organisation_type) == ("A state", "org-municipality")
    assert offer.deadline == date(2027, 1, 15)
    # Then it is a case of the receiver, which says the same.
    accepted = pair.b.do(accept_offer, incoming.id)
    theirs = pair.b.case(str(accepted.case_id))
    assert theirs.content() == offer.content()
    assert theirs.requester.organisation_type == "org-municipality"
    assert (theirs.requester.name, theirs.requester.organisation) == ("", "")
    assert accepted.terms == offer.terms == pair.a.escalation(offered.id).terms
    assert accepted.fields == pair.a.escalation(offered.id).fields


WHOLE_WANTED = ("wanted-review", "wanted-answer")


def test_free_text_that_was_not_rewritten_stays_here(pair: Pair) -> None:
    case = pair.a.has_case(**WHOLE)

    preview = json.dumps(pair.a.do(preview_offer, case.id, pair.b.host).document)

    assert "PELICAN" not in preview
    assert "Ruiz" not in preview
    assert "hub:context" not in preview


@pytest.mark.parametrize("part", list(Part))
def test_each_part_that_is_left_out_stays_here(pair: Pair, part: Part) -> None:
    case = pair.a.has_case(**WHOLE)
    whole = pair.a.do(preview_offer, case.id, pair.b.host).document

    edits = Edits(leave_out=frozenset({part}))
    less = pair.a.do(preview_offer, case.id, pair.b.host, edits=edits).document

    gone = {name for name in whole if name not in less or less[name] != whole[name]}
    wire = {Part.REQUEST_TYPE: "request", Part.ORGANISATION_TYPE: "organisationType"}
    assert gone - {"hub:deleteBy"} == {f"hub:{wire.get(part, part.value)}"}


def test_how_long_it_is_kept_follows_from_our_own_rule_for_copies(pair: Pair) -> None:
    short, long = pair.a.has_case(), pair.a.has_case(deadline="2027-01-15")
    due = date(2026, 12, 1)

    by_due = pair.a.do(preview_offer, short.id, pair.b.host, edits=Edits(due=due)).document
    ten_days = Edits(due=due, kept_days=10)
    by_deadline = pair.a.do(preview_offer, long.id, pair.b.host, edits=ten_days).document

    assert by_due["hub:deleteBy"] == (due + timedelta(days=90)).isoformat()
    assert by_deadline["hub:deleteBy"] == "2027-01-25"


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2031, 1, 1)])
def test_a_day_of_deletion_before_the_decision_or_years_ahead_is_refused(
    pair: Pair, day: date
) -> None:
    case = pair.a.has_case()

    with pytest.raises(DeleteDateWrong):
        pair.a.do(
            offer_case, case.id, pair.b.host, edits=Edits(due=date(2026, 12, 1), delete_by=day)
        )


@pytest.mark.parametrize(
    ("label", "widest"),
    [
        ("tlp-clear", OnwardUse.PEERS),
        ("tlp-green", OnwardUse.PEERS),
        ("tlp-amber", OnwardUse.ASK),
        ("tlp-amber-strict", OnwardUse.NONE),
    ],
)
def test_a_copy_is_handed_on_at_most_as_its_label_allows(
    pair: Pair, label: str, widest: OnwardUse
) -> None:
    case = pair.a.has_case(label=label)
    freedom = list(OnwardUse)

    assert pair.a.do(preview_offer, case.id, pair.b.host).document["hub:onward"] == widest
    for onward in freedom:
        edits = Edits(onward=onward)
        if freedom.index(onward) <= freedom.index(widest):
            shown = pair.a.do(preview_offer, case.id, pair.b.host, edits=edits)
            assert shown.document["hub:onward"] == onward
        else:
            with pytest.raises(OnwardTooWide):
                pair.a.do(preview_offer, case.id, pair.b.host, edits=edits)


@pytest.mark.parametrize("onward", [OnwardUse.NONE, OnwardUse.ASK])
def test_even_a_green_case_is_not_passed_on_against_the_terms_it_came_on(
    pair: Pair, tmp_path: Any, onward: OnwardUse
) -> None:
    third = Side("third.example", tmp_path)
    pair.b.knows(third)
    theirs = green_copy(pair, Edits(onward=onward))

    with pytest.raises(StaysHere, match=onward):
        pair.b.do(offer_case, theirs.id, third.host)
    third.database.close_now()


def test_a_copy_of_a_copy_is_kept_no_longer_than_its_origin_was_promised(
    pair: Pair, tmp_path: Any
) -> None:
    third = Side("third.example", tmp_path)
    pair.b.knows(third)
    theirs = green_copy(pair, Edits(delete_by=date(2027, 1, 2)))

    on: dict[str, Any] = {
        "ground": Ground.NO_PERSONAL_DATA,
        "ground_reason": "It is about a chatbot.",
    }
    shown = pair.b.do(preview_offer, theirs.id, third.host, edits=Edits(**on))
    assert shown.document["hub:deleteBy"] == "2027-01-02"
    with pytest.raises(DeleteDateWrong):
        pair.b.do(
            preview_offer, theirs.id, third.host, edits=Edits(delete_by=date(2027, 1, 3), **on)
        )
    third.database.close_now()


@pytest.mark.parametrize(
    ("country", "basis", "sensitivity", "word"),
    [
        ("NL", "", "data-personal", "transfer-inside"),
        ("ES", "", "data-personal", "transfer-inside"),
        ("KE", "clauses", "data-personal", "transfer-clauses"),
        ("GB", "adequacy", "data-pseudonymous", "transfer-adequacy"),
        ("ZA", "arrangement", "data-personal", "transfer-arrangement"),
        ("KE", "clauses", "data-none", "transfer-nobody"),
        ("KE", "", "data-none", "transfer-nobody"),
        ("NL", "none", "data-none", "transfer-nobody"),
    ],
)
def test_the_copy_says_why_it_may_go_to_that_country(
    pair: Pair, country: str, basis: str, sensitivity: str, word: str
) -> None:
    pair.a.sets_peer(pair.b, country=country, transfer_basis=basis)
    case = pair.a.has_case(sensitivity=sensitivity)

    assert pair.a.do(preview_offer, case.id, pair.b.host).document["hub:transfer"] == word


def test_the_receiver_is_told_in_time_and_then_erases_what_it_took_on_until_a_day(
    pair: Pair,
) -> None:
    offered = pair.a.do(
        offer_case, pair.a.has_case().id, pair.b.host, edits=Edits(delete_by=date(2027, 2, 1))
    )
    pair.carry()
    accepted = pair.b.do(accept_offer, pair.b.only_offer().id)
    case_id = str(accepted.case_id)
    pair.carry()

    [item] = pair.b.read(lambda db: plan(db, pair.b.hub, Periods(), pair.b.now))
    assert (item.day, item.why) == (date(2027, 2, 1), "its hub wants it gone by 2027-02-01")
    pair.at(pair.b.now.replace(year=2027, month=1, day=2))
    told = pair.b.write(lambda db: give_notices(db, pair.b.hub, Periods(), pair.b.act("system")))
    assert [reminder.days for reminder in told] == [30]
    pair.at(pair.b.now.replace(day=25))
    pair.b.write(lambda db: give_notices(db, pair.b.hub, Periods(), pair.b.act("system")))
    pair.at(pair.b.now.replace(month=2, day=1))
    [item] = pair.b.read(lambda db: plan(db, pair.b.hub, Periods(), pair.b.now))
    assert item.is_due(date(2027, 2, 1))
    pair.b.do(erase_case, case_id, by="system", asked=False)
    pair.carry()

    with pytest.raises(CaseErased):
        pair.b.case(case_id)
    assert pair.b.escalation(accepted.id).terms is None
    assert pair.b.read(lambda db: plan(db, pair.b.hub, Periods(), pair.b.now)) == ()
    # The origin is told that it is back, and still knows what it had given.
    assert pair.a.escalation(offered.id).state == "esc-declined"
    assert "content" in pair.a.escalation(offered.id).fields


def test_a_hub_of_an_earlier_version_that_says_less_is_still_understood() -> None:
    said = offer_of(
        CaseCopy(
            title="A camera",
            question="May they?",
            language="en",
            topics=("made-up-later",),
            label="tlp-amber",
            sensitivity="data-none",
            country="US",
            role="who-resident",
            due="2026-12-31",
            due_by="2026-12-31T22:59:59.999Z",
        )
    )

    assert said.terms == OfferTerms(onward=OnwardUse.ASK)
    assert (said.topics, said.stage, said.wanted, said.context) == ((), None, (), "")
    assert said.content().urgency == "urgency-normal"


def test_words_of_a_later_version_are_left_out_and_a_stricter_one_is_not_read_as_a_yes() -> None:
    copy = CaseCopy(
        title="A camera",
        question="May they?",
        language="en",
        topics=(),
        label="tlp-green",
        sensitivity="data-none",
        country="US",
        role="who-resident",
        due="2026-12-31",
        due_by="2026-12-31T22:59:59.999Z",
        stage="stage-later",
        wanted=("wanted-later", "wanted-review"),
        request="req-later",
        urgency="urgency-later",
        organisation_type="org-later",
        principles=("p9-later",),
        framework=("tool-later", "tool-dpia"),
        onward="onward-on-tuesdays",
    )

    said = offer_of(copy)

    assert (said.stage, said.urgency, said.request_type) == (None, None, None)
    assert (said.wanted, said.framework) == (("wanted-review",), ("tool-dpia",))
    assert said.terms.onward is OnwardUse.NONE
    with pytest.raises(LetterInvalid, match="hub:deleteBy"):
        offer_of(copy, {"hub:deleteBy": "soon"})


days = st.dates(date(2026, 1, 1), date(2030, 1, 1))
terms = st.builds(
    OfferTerms,
    consent=st.none() | st.text(min_size=1, max_size=40),
    ground=st.none() | st.just("ground-consent"),
    transfer=st.none() | st.just("transfer-inside"),
    onward=st.sampled_from(OnwardUse),
    delete_by=st.none() | days,
)
offers = st.builds(
    OfferText,
    title=st.text(min_size=1),
    question=st.text(min_size=1),
    context=st.text(),
    topics=st.just(("privacy",)),
    wanted=st.just(()) | st.just(WHOLE_WANTED),
    language=st.just("en"),
    country=st.just("NL"),
    requester_role=st.just("who-ngo"),
    label=st.just("tlp-amber"),
    sensitivity=st.just("data-none"),
    due=days,
    deadline=st.none() | days,
    terms=terms,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offer=offers)
def test_an_offer_comes_out_of_the_store_as_it_went_in(pair: Pair, offer: OfferText) -> None:
    assert OfferText.from_plain(json.loads(json.dumps(offer.as_plain()))) == offer


def green_copy(pair: Pair, edits: Edits) -> Case:
    """Let the second hub accept a green case of the first one; return the copy."""
    pair.a.do(offer_case, pair.a.has_case(label="tlp-green").id, pair.b.host, edits=edits)
    pair.carry()
    accepted = pair.b.do(accept_offer, pair.b.only_offer().id)
    return pair.b.read(lambda db: CaseStore(db, pair.b.hub.vault).get(str(accepted.case_id)))


def offer_of(copy: CaseCopy, changes: dict[str, Any] | None = None) -> OfferText:
    """Return what a receiver reads in an Offer of this copy."""
    origin = "https://a.example"
    letter = OfferCase(
        id=f"{origin}/inner/1",
        actor=f"{origin}/actor",
        to="https://b.example/actor",
        published="2026-11-25T10:00:00.000Z",
        n=1,
        ack=0,
        offer=f"{origin}/inner/1",
        case=copy,
    )
    document = write_inner(letter)
    read = read_letter({**document, "object": {**document["object"], **(changes or {})}})
    assert read.offer is not None
    return replace(read.offer)
