"""What may be offered, to whom, and what exactly leaves."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from content.cases.case import CaseInvalid
from content.cases.status import CaseMoveNotAllowed, CaseStatus, CaseVerb
from content.cases.store import CaseNotFound, CaseStore
from federation.escalation.answering import accept_offer, decline_offer
from federation.escalation.channel import NoSealingKey, PeerNotActive
from federation.escalation.copying import DueDateWrong, Edits
from federation.escalation.escalation import Escalation, NoSuchEscalation
from federation.escalation.grounds import ConsentMissing
from federation.escalation.letters import LetterInvalid
from federation.escalation.offering import (
    AlreadyOffered,
    confirm,
    last_moment,
    offer_case,
    preview_offer,
    withdraw,
)
from federation.escalation.states import MoveRefused
from federation.outbox import Outbox
from federation.peers import PeerNotFound
from federation.policy import StaysHere
from protocol.documents.sealed import read_sealed
from protocol.sealing import open_sealed
from tests.federation.escalation.pair import QUESTION, TITLE, Pair, Side

CARRIED = {
    "type",
    "name",
    "content",
    "hub:language",
    "hub:topics",
    "hub:label",
    "hub:sensitivity",
    "hub:country",
    "hub:role",
    "hub:due",
    "hub:dueBy",
    "hub:urgency",
    "hub:transfer",
    "hub:onward",
    "hub:deleteBy",
    "hub:ground",
    "hub:consent",
}


def test_the_preview_is_exactly_what_is_sealed(pair: Pair) -> None:
    case = pair.a.has_case()
    edited = Edits(title="For outsiders", question="Which clauses?", due=date(2026, 12, 1))

    preview = pair.a.do(preview_offer, case.id, pair.b.host, edits=edited)
    assert pair.a.letters_out() == []
    pair.a.do(offer_case, case.id, pair.b.host, edits=edited)

    [body] = pair.a.letters_out()
    inner = opened(body, pair.b)
    copy = preview.document
    assert inner["object"] == copy
    assert set(copy) == CARRIED
    assert (copy["name"], copy["content"]) == ("For outsiders", "Which clauses?")
    assert copy["hub:due"] == "2026-12-01"
    assert copy["hub:dueBy"] == "2026-12-01T22:59:59.999Z"


@pytest.mark.parametrize(
    ("consents", "words"),
    [
        ({"escalate": "yes"}, "copy without their name goes to approved hubs."),
        (
            {"escalate": "yes", "escalate_to": ["amsterdam.example", "elsewhere.example"]},
            "copy without their name goes to this hub.",
        ),
    ],
)
def test_what_the_requester_agreed_to_travels_without_the_other_hubs_they_named(
    pair: Pair, consents: dict[str, Any], words: str
) -> None:
    case = pair.a.has_case(consents=consents)

    preview = pair.a.do(preview_offer, case.id, pair.b.host).document
    pair.a.do(offer_case, case.id, pair.b.host)
    [body] = pair.a.letters_out()
    pair.b.takes(body, pair.a)

    assert opened(body, pair.b)["object"] == preview
    assert preview["hub:ground"] == "ground-consent"
    assert preview["hub:consent"] == f"The requester agreed that a {words}"
    assert "elsewhere" not in json.dumps(preview)
    assert pair.b.only_offer().title == TITLE


def test_who_asks_who_works_on_it_and_notes_never_leave(pair: Pair) -> None:
    case = pair.a.has_case()
    pair.a.write(lambda db: CaseStore(db, pair.a.hub.vault).assign(case.id, ("ana",), pair.a.act()))

    pair.a.do(offer_case, case.id, pair.b.host)

    [body] = pair.a.letters_out()
    text = json.dumps(opened(body, pair.b))
    for secret in ("OSPREY", "osprey-mail", '"ana"', "ana@"):
        assert secret not in text
    assert TITLE in text
    assert QUESTION in text


def test_without_a_date_the_other_hub_has_fourteen_days(pair: Pair) -> None:
    offered = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)

    assert offered.due == (pair.a.now + timedelta(days=14)).date()
    assert offered.due_by == last_moment(offered.due, "Europe/Amsterdam")


def test_the_last_moment_of_a_date_follows_summer_time() -> None:
    assert last_moment(date(2026, 7, 1), "Europe/Amsterdam") == datetime(
        2026, 7, 1, 21, 59, 59, 999000, tzinfo=UTC
    )
    assert last_moment(date(2026, 10, 25), "Europe/Amsterdam").hour == 22


@pytest.mark.parametrize("days", [-1, 366])
def test_a_date_in_the_past_or_years_ahead_is_refused(pair: Pair, days: int) -> None:
    due = (pair.a.now + timedelta(days=days)).date()

    refused(pair, DueDateWrong, due=due)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"label": "tlp-red"}, StaysHere),
        ({"sensitivity": "data-special"}, StaysHere),
        ({"sensitivity": "data-special", "label": "tlp-green"}, StaysHere),
    ],
)
def test_what_the_exit_rule_keeps_here_is_not_offered(
    pair: Pair, changes: dict[str, Any], error: type[Exception]
) -> None:
    refused(pair, error, case=changes)


@pytest.mark.parametrize("state", ["new", "offered", "suspended", "blocked", "ended"])
def test_only_an_active_peer_is_offered_anything(pair: Pair, state: str) -> None:
    pair.a.sets_peer(pair.b, state=state)

    refused(pair, PeerNotActive)


@pytest.mark.parametrize("kind", ["coalition", "source"])
def test_a_coalition_or_a_source_is_offered_nothing(pair: Pair, kind: str) -> None:
    pair.a.sets_peer(pair.b, kind=kind)

    refused(pair, PeerNotActive)


def test_a_stranger_is_offered_nothing(pair: Pair) -> None:
    refused(pair, PeerNotFound, host="nobody.example")


def test_a_peer_without_a_sealing_key_is_offered_nothing(pair: Pair) -> None:
    pair.a.sets_peer(pair.b, sealing_keys=())

    refused(pair, NoSealingKey)


def test_an_empty_or_endless_question_is_refused(pair: Pair) -> None:
    refused(pair, CaseInvalid, question="  ")
    refused(pair, LetterInvalid, question="x" * 60_001)
    refused(pair, CaseInvalid, title="two\nlines")


def test_the_same_hub_is_not_offered_a_case_twice_at_a_time(pair: Pair) -> None:
    case = pair.a.has_case()
    pair.a.do(offer_case, case.id, pair.b.host)

    with pytest.raises(AlreadyOffered):
        pair.a.do(offer_case, case.id, pair.b.host)


@pytest.mark.parametrize(
    ("consents", "asked"),
    [
        ({"escalate": "no"}, "does not want"),
        ({"escalate": "ask"}, "wants to be asked"),
        ({"escalate": "yes", "escalate_to": ["elsewhere.example"]}, "agreed to other hubs"),
    ],
)
def test_without_the_consent_of_the_requester_nothing_is_offered(
    pair: Pair, consents: dict[str, Any], asked: str
) -> None:
    case = pair.a.has_case(consents=consents)

    with pytest.raises(ConsentMissing, match=asked):
        pair.a.do(offer_case, case.id, pair.b.host)

    agreed = pair.a.has_case(consents={"escalate": "yes", "escalate_to": [pair.b.host]})
    assert pair.a.do(offer_case, agreed.id, pair.b.host).state == "esc-offered"


def test_a_closed_case_is_not_offered(pair: Pair) -> None:
    case = pair.a.has_case()
    pair.a.write(
        lambda db: CaseStore(db, pair.a.hub.vault).move(case.id, CaseVerb.CLOSE, pair.a.act())
    )

    with pytest.raises(CaseMoveNotAllowed):
        pair.a.do(offer_case, case.id, pair.b.host)


def test_a_case_that_is_not_there_is_not_offered(pair: Pair) -> None:
    with pytest.raises(CaseNotFound):
        pair.a.do(preview_offer, "01ARZ3NDEKTSV4RRFFQ69G5FAV", pair.b.host)


def test_an_amber_case_from_another_hub_is_not_passed_on(pair: Pair, tmp_path: Any) -> None:
    third = Side("third.example", tmp_path)
    pair.b.knows(third)
    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    accepted = pair.b.do(accept_offer, pair.b.only_offer().id)

    with pytest.raises(StaysHere):
        pair.b.do(offer_case, accepted.case_id, third.host)
    third.database.close_now()


def test_each_side_can_do_only_what_is_its_own(pair: Pair) -> None:
    offered = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    incoming = pair.b.only_offer()

    with pytest.raises(NoSuchEscalation):
        pair.a.do(accept_offer, offered.id)
    with pytest.raises(NoSuchEscalation):
        pair.b.do(withdraw, incoming.id)
    with pytest.raises(MoveRefused) as refusal:
        pair.a.do(confirm, offered.id)
    assert str(refusal.value) == (
        "The escalation is esc-offered; the origin cannot confirm it now. Possible: withdraw,"
        " correct."
    )


def test_a_hub_that_is_suggested_must_look_like_one(pair: Pair) -> None:
    pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    incoming = pair.b.only_offer()

    with pytest.raises(LetterInvalid):
        pair.b.do(decline_offer, incoming.id, reason="No.", refer=("a host\n",))
    assert pair.b.only_offer().state == "esc-offered"


def test_no_text_is_in_a_repr_or_an_error(pair: Pair) -> None:
    offered: Escalation = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    assert offered.title == TITLE
    assert "CANARY" not in repr(offered)

    with pytest.raises(CaseInvalid) as refusal:
        pair.a.do(
            preview_offer, pair.a.has_case().id, pair.b.host, edits=Edits(title="CANARY\nCANARY")
        )
    assert "CANARY" not in str(refusal.value) + repr(refusal.value)


def refused(
    pair: Pair,
    error: type[Exception],
    *,
    case: dict[str, Any] | None = None,
    host: str | None = None,
    **named: Any,
) -> None:
    """Check that neither preview nor offer works, and that nothing is stored or queued."""
    filed = pair.a.has_case(**(case or {}))
    for function in (preview_offer, offer_case):
        with pytest.raises(error):
            pair.a.do(function, filed.id, host or pair.b.host, edits=Edits(**named))
    assert pair.a.case(filed.id).status is CaseStatus.RECEIVED
    assert pair.a.read(lambda db: Outbox(db).waiting()) == []
    assert pair.a.read(lambda db: (db["escalations"].count, db["sealed_out"].count)) == (0, 0)


def opened(body: bytes, reader: Side) -> dict[str, Any]:
    """Return the inner message of a Create of a hub:Sealed."""
    envelope = read_sealed(json.loads(body)["object"])
    key = next(key for key in reader.hub.keys.sealing if key.id == envelope.info.kid)
    inner: dict[str, Any] = json.loads(open_sealed(envelope.content, key=key, info=envelope.info))
    return inner
