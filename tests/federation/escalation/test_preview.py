"""The preview is what leaves, byte for byte; traces of people are seen; grounds are named."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.cases.message import MessageKind
from content.cases.store import CaseStore
from content.changes import ChangeStore
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.escalation.answering import accept_offer, ask_origin
from federation.escalation.copying import Edits
from federation.escalation.grounds import ASKED, ConsentMissing, Ground, GroundUnfit
from federation.escalation.offering import give_info, offer_case, preview_offer, withdraw
from federation.escalation.preview import CopyChanged, NotLookedAt
from federation.escalation.scanning import Kept, NothingFoundThere, TracesInCopy
from federation.outbox import Outbox
from protocol.documents.sealed import read_sealed
from protocol.sealing import open_sealed
from tests.federation.escalation.pair import Pair

LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
texts = st.text(LETTERS, max_size=200).map(lambda text: f"“{text}”")
many_lines = st.lists(texts, min_size=1, max_size=4).map("\r\n\t".join)
NEVER_ASKED: dict[str, Any] = {"consents": {}}


def nothing_left(pair: Pair) -> None:
    """Check that nothing is stored or ready to be sent."""
    assert pair.a.read(lambda db: Outbox(db).waiting()) == []
    assert pair.a.read(lambda db: db["escalations"].count) == 0


def notes(pair: Pair, case_id: str) -> list[str]:
    """Return the notes of a case at the origin."""
    messages = pair.a.read(lambda db: CaseStore(db, pair.a.hub.vault).messages(case_id))
    return [each.text for each in messages if each.kind is MessageKind.NOTE]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=texts, question=many_lines, context=st.just("") | many_lines)
def test_the_bytes_of_the_preview_stand_unchanged_in_the_message_that_the_receiver_opens(
    pair: Pair, title: str, question: str, context: str
) -> None:
    case = pair.a.has_case()
    edits = Edits(title=title, question=question, context=context)
    preview = pair.a.do(preview_offer, case.id, pair.b.host, edits=edits)
    kept = [Kept(found.place, "Looked at.") for found in preview.found]

    offered = pair.a.do(
        offer_case, case.id, pair.b.host, edits=edits, expect=preview.sha256, kept=kept
    )
    [body] = pair.a.letters_out()

    envelope = read_sealed(json.loads(body)["object"])
    [key] = pair.b.hub.keys.sealing
    opened = open_sealed(envelope.content, key=key, info=envelope.info)
    assert opened.count(b'"object":' + preview.canonical) == 1
    assert hashlib.sha256(preview.canonical).hexdigest() == preview.sha256
    assert json.loads(preview.canonical) == json.loads(opened)["object"]
    pair.a.do(withdraw, offered.id)
    pair.a.letters_out()


def test_what_is_not_the_copy_that_was_looked_at_does_not_leave(pair: Pair) -> None:
    case = pair.a.has_case()
    looked_at = pair.a.do(preview_offer, case.id, pair.b.host)

    with pytest.raises(CopyChanged, match="--preview"):
        pair.a.do(
            offer_case,
            case.id,
            pair.b.host,
            edits=Edits(question="Another?"),
            expect=looked_at.sha256,
        )
    nothing_left(pair)

    # A day later the default date to decide is another one, so the bytes are others too.
    pair.later(days=1)
    with pytest.raises(CopyChanged):
        pair.a.do(offer_case, case.id, pair.b.host, expect=looked_at.sha256)
    nothing_left(pair)
    again = pair.a.do(preview_offer, case.id, pair.b.host)
    assert pair.a.do(offer_case, case.id, pair.b.host, expect=again.sha256.upper()).id


def test_the_preview_shows_both_sides_and_what_stays(pair: Pair) -> None:
    case = pair.a.has_case(context="About us.", deadline_reason="The council votes.")
    edits = Edits(title="For outsiders", context="A city.")

    shown = pair.a.do(preview_offer, case.id, pair.b.host, edits=edits)

    sides = {side.name: side for side in shown.sides}
    assert (sides["name"].here, sides["name"].leaves) == (case.title, "For outsiders")
    assert sides["name"].edited
    assert not sides["content"].edited
    assert sides["hub:context"].leaves == "A city."
    assert shown.stays == (
        "name of who asks",
        "how to reach them",
        "their organisation",
        "why the deadline is then",
    )
    less = pair.a.do(preview_offer, case.id, pair.b.host)
    assert "about the project" in less.stays
    # Every field of the document is among the sides, so nothing leaves unseen.
    assert set(shown.document) - {"type"} == {side.name for side in shown.sides if side.leaves}


@pytest.mark.parametrize(
    ("edits", "place", "line"),
    [
        ({"question": "Ask\nmarta@city.example now"}, "question.mail-address.1", 2),
        ({"title": "Call +34 612 345 678"}, "title.phone-number.1", 1),
        ({"context": "Her number is 12345678Z."}, "context.number-of-a-person.1", 1),
        ({"jurisdiction": "where Ruiz works"}, "jurisdiction.name-of-the-requester.1", 1),
        ({"question": "The heronry buys it. Osprey said."}, "question.name-of-the-requester.1", 1),
        ({"question": "Kestrel\n\nand so on"}, "question.name-of-the-requester.1", 1),
        ({"question": "Ask Grace Hopper, she knows."}, "question.name-of-staff.1", 1),
    ],
)
def test_what_looks_like_a_person_is_shown_with_its_place_and_does_not_leave(
    pair: Pair, edits: dict[str, str], place: str, line: int
) -> None:
    grace = User(
        name="grace",
        display_name="Grace Hopper",
        role=Role.CASEWORKER,
        active=True,
        created_at=pair.a.now,
    )
    pair.a.write(lambda db: UserStore(db).add(grace, pair.a.act()))
    case = pair.a.has_case()

    shown = pair.a.do(preview_offer, case.id, pair.b.host, edits=Edits(**edits))
    with pytest.raises(TracesInCopy) as refusal:
        pair.a.do(offer_case, case.id, pair.b.host, edits=Edits(**edits))

    assert (shown.found[0].place, shown.found[0].line) == (place, line)
    assert f"{place} (line {line})" in str(refusal.value)
    for found in shown.found:
        assert found.text not in str(refusal.value)
    nothing_left(pair)


def test_texts_taken_over_from_the_case_are_looked_through_too(pair: Pair) -> None:
    case = pair.a.has_case(question="Write to me: someone@city.example")

    with pytest.raises(TracesInCopy, match=r"question\.mail-address\.1"):
        pair.a.do(offer_case, case.id, pair.b.host)


def test_each_place_may_stay_with_a_reason_in_the_copy_that_was_looked_at(pair: Pair) -> None:
    edits = Edits(question="The office: info@city.example and +34 612 345 678.")
    case = pair.a.has_case()
    shown = pair.a.do(preview_offer, case.id, pair.b.host, edits=edits)
    mail, phone = (Kept(found.place, "REASON, it is public.") for found in shown.found)

    def offer(**named: Any) -> Any:
        return pair.a.do(offer_case, case.id, pair.b.host, edits=edits, **named)

    with pytest.raises(NotLookedAt):
        offer(kept=[mail, phone])
    with pytest.raises(TracesInCopy, match=phone.place):
        offer(kept=[mail], expect=shown.sha256)
    with pytest.raises(NothingFoundThere):
        offer(kept=[mail, phone, Kept("title.mail-address.1", "Why not.")], expect=shown.sha256)
    with pytest.raises(NothingFoundThere):
        offer(kept=[mail, Kept(phone.place, "  ")], expect=shown.sha256)
    nothing_left(pair)
    offered = offer(kept=[mail, phone], expect=shown.sha256)

    changes = pair.a.read(lambda db: ChangeStore(db).recent(50)).items
    [kept] = [each for each in changes if each.what == "escalation.keep-found"]
    assert (kept.subject, kept.note) == (offered.id, f"{mail.place}, {phone.place}")
    assert "REASON" not in repr(changes)
    assert any("REASON, it is public." in note for note in notes(pair, case.id))


def test_information_given_later_is_looked_through_as_well(pair: Pair) -> None:
    case = pair.a.has_case()
    offered = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(ask_origin, incoming.id, "Who decides?")
    pair.carry()

    with pytest.raises(TracesInCopy, match=r"info.name-of-the-requester.1 \(line 2\)"):
        pair.a.do(give_info, offered.id, "The council.\nKestrel does.")
    assert pair.a.read(lambda db: Outbox(db).waiting()) == []
    kept = [Kept("info.name-of-the-requester.1", "A bird.")]
    pair.a.do(give_info, offered.id, "The council.\nKestrel does.", kept=kept)
    pair.carry()

    assert pair.b.only_offer().state == "esc-in-progress"
    assert any("A bird." in note for note in notes(pair, case.id))


@pytest.mark.parametrize("ground", list(Ground))
def test_where_nobody_asked_the_requester_a_named_ground_with_a_reason_carries_it(
    pair: Pair, ground: Ground
) -> None:
    case = pair.a.has_case(**NEVER_ASKED)

    for function in (preview_offer, offer_case):
        with pytest.raises(ConsentMissing, match=f"hub case ask {case.id}.*hub case consent"):
            pair.a.do(function, case.id, pair.b.host)
    with pytest.raises(GroundUnfit, match="--ground-reason"):
        pair.a.do(offer_case, case.id, pair.b.host, edits=Edits(ground=ground))
    nothing_left(pair)

    named = Edits(ground=ground, ground_reason="CANARY-WHY they called on Monday.")
    shown = pair.a.do(preview_offer, case.id, pair.b.host, edits=named)
    pair.a.do(offer_case, case.id, pair.b.host, edits=named)
    pair.carry()

    assert shown.document["hub:ground"] == f"ground-{ground.value}"
    assert "CANARY-WHY" not in json.dumps(shown.document)
    terms = pair.b.only_offer().terms
    assert terms is not None
    assert (terms.ground, terms.consent) == (
        f"ground-{ground.value}",
        shown.document["hub:consent"],
    )
    assert [note for note in notes(pair, case.id) if "CANARY-WHY" in note and ground in note]


def test_what_is_about_people_does_not_go_as_if_it_were_about_nobody(pair: Pair) -> None:
    pair.a.sets_peer(pair.b, country="NL")
    case = pair.a.has_case(sensitivity="data-personal", **NEVER_ASKED)
    edits = Edits(ground=Ground.NO_PERSONAL_DATA, ground_reason="I think so.")

    with pytest.raises(GroundUnfit, match="data-personal"):
        pair.a.do(offer_case, case.id, pair.b.host, edits=edits)


@pytest.mark.parametrize("ground", list(Ground))
def test_no_ground_goes_against_what_the_requester_said(pair: Pair, ground: Ground) -> None:
    named = Edits(ground=ground, ground_reason="Because.")

    for consents in ({"escalate": "no"}, {"escalate": "yes", "escalate_to": ["other.example"]}):
        with pytest.raises(ConsentMissing):
            pair.a.do(offer_case, pair.a.has_case(consents=consents).id, pair.b.host, edits=named)
    nothing_left(pair)
    # Who wants to be asked each time was asked this time, or was not.
    case = pair.a.has_case(consents={"escalate": "ask"})
    if ground in ASKED:
        assert pair.a.do(offer_case, case.id, pair.b.host, edits=named).state == "esc-offered"
    else:
        with pytest.raises(ConsentMissing, match="wants to be asked"):
            pair.a.do(offer_case, case.id, pair.b.host, edits=named)
