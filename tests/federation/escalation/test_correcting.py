"""A correction reaches every hub that has a copy, as the copy itself did (GDPR Art. 16 and 19)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.cases.case import Label
from content.cases.dates import day_of
from content.cases.store import CaseStore
from content.cases.work import CaseWork
from federation.escalation import letters
from federation.escalation.answering import accept_offer, answer_origin, decline_offer
from federation.escalation.case_correcting import (
    Corrected,
    NotAllCanBeToldNow,
    correct_case,
    preview_case_correction,
)
from federation.escalation.channel import send_inner
from federation.escalation.copying import Edits
from federation.escalation.correcting import (
    EditedForOutsiders,
    NothingToCorrect,
    Words,
    correct_copy,
    preview_correction,
)
from federation.escalation.escalation import Escalation
from federation.escalation.grounds import Ground
from federation.escalation.offering import confirm, offer_case, withdraw
from federation.escalation.reading import read_thread
from federation.escalation.recipients import Recipient, recipients_of
from federation.escalation.revealing import Part, reveal
from federation.escalation.scanning import Kept
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.store import EscalationStore
from federation.peers import PeerStore
from federation.policy import OnwardUse
from tests.federation.escalation.pair import Pair, Side, carry_among
from tests.federation.escalation.test_revealing import AGREED

WEEK = timedelta(days=7)
NEW = {"title": "Chatbot clauses", "question": "Which clauses do we need by Monday?"}


def offered(pair: Pair, edits: Edits | None = None, **changes: Any) -> Escalation:
    case = pair.a.has_case(**changes)
    out = pair.a.do(offer_case, case.id, pair.b.host, **({"edits": edits} if edits else {}))
    pair.carry()
    return out


def corrects(side: Side, out: Escalation, changes: dict[str, str], **how: Any) -> Corrected:
    return side.write(
        lambda db: correct_case(db, side.hub, str(out.case_id), changes, side.act(), **how)
    )


def recipients(side: Side, case_id: str | None) -> tuple[Recipient, ...]:
    return side.read(lambda db: recipients_of(db, side.hub, str(case_id), side.now, WEEK))


def versions(side: Side, case_id: str | None) -> dict[str, int]:
    """Return which version of the copy each hub has confirmed."""
    return {each.host: each.version for each in recipients(side, case_id)}


def question_at(side: Side) -> str:
    """Return the question as the receiver has it, in the offer or in its case."""
    found = side.only_offer()
    if found.case_id is not None:
        return side.case(found.case_id).question
    offer = side.read(lambda db: EscalationStore(db, side.hub.vault).offer(found.id))
    assert offer is not None
    return offer.question


def brought(pair: Pair, out: Escalation, state: str) -> None:
    """Bring an offer into a state by what people do."""
    if state == "esc-offered":
        return
    came = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    if state in ("esc-answered", "esc-confirmed"):
        pair.b.do(answer_origin, came.id, "Take the standard ones.")
        pair.carry()
    if state == "esc-confirmed":
        pair.a.do(confirm, out.id)
        pair.carry()


@pytest.mark.parametrize("state", ["esc-offered", "esc-accepted", "esc-answered", "esc-confirmed"])
def test_a_correction_reaches_the_hub_that_has_a_copy_whatever_the_copy_came_to(
    pair: Pair, state: str
) -> None:
    out = offered(pair)
    brought(pair, out, state)

    done = corrects(pair.a, out, NEW)
    [under_way] = recipients(pair.a, out.case_id)
    pair.carry()

    [told] = recipients(pair.a, out.case_id)
    assert (done.told, done.behind) == ((pair.b.host,), ())
    assert (under_way.version, under_way.newest) == (1, 2)
    assert "not confirmed yet" in under_way.says
    assert (told.version, told.newest, told.behind_since) == (2, 2, None)
    assert told.says == "has a copy, corrected (version 2), and has confirmed that"
    assert question_at(pair.b) == NEW["question"]
    assert pair.b.only_offer().title == NEW["title"]
    assert pair.states(out) == (state, state)
    came = pair.b.only_offer()
    thread = pair.b.read(lambda db: read_thread(db, pair.b.hub, came.id))
    assert len(thread.corrected_at) == 1
    assert b"CANARY-QUESTION" not in b"".join(pair.tapped)


def test_the_people_of_the_receiver_read_that_and_what_was_put_right(pair: Pair) -> None:
    out = offered(pair)
    brought(pair, out, "esc-accepted")

    corrects(pair.a, out, NEW)
    pair.carry()

    came = pair.b.only_offer()
    thread = pair.b.read(lambda db: read_thread(db, pair.b.hub, came.id))
    [said] = [each for each in thread.messages if "put its request right" in each.text]
    assert "title, question" in said.text
    assert NEW["question"] not in said.text


def test_what_the_receiver_made_of_the_rest_stays(pair: Pair) -> None:
    out = offered(pair)
    brought(pair, out, "esc-accepted")
    case_id = str(pair.b.only_offer().case_id)

    def triage(db: Any) -> None:
        today = day_of(pair.b.now, "Europe/Amsterdam")
        work = CaseWork(db, pair.b.hub.vault, pair.b.hub.chance, pair.b.act(), today)
        work.triage(case_id, {"topics": ["children-youth"], "label": "tlp-amber-strict"})

    pair.b.write(triage)
    corrects(pair.a, out, NEW)
    pair.carry()

    case = pair.b.case(case_id)
    assert case.question == NEW["question"]
    assert (case.topics, case.label) == (("children-youth",), Label.AMBER_STRICT)


def test_the_preview_is_the_very_copy_that_leaves(pair: Pair) -> None:
    out = offered(pair)
    act = pair.a.act()
    [shown] = pair.a.read(
        lambda db: preview_case_correction(db, pair.a.hub, str(out.case_id), NEW, act)
    )
    assert pair.a.case(str(out.case_id)).question != NEW["question"], "a preview changes nothing"
    assert shown.corrected == ("name", "content")

    with pytest.raises(NotAllCanBeToldNow, match="not what you looked at"):
        corrects(pair.a, out, {**NEW, "title": "Other"}, expect=[shown.preview.sha256])
    assert pair.a.case(str(out.case_id)).question != NEW["question"], "all or nothing"
    corrects(pair.a, out, NEW, expect=[shown.preview.sha256])
    pair.carry()

    assert question_at(pair.b) == NEW["question"]


def test_what_looks_like_personal_data_in_the_new_words_does_not_leave_by_oversight(
    pair: Pair,
) -> None:
    out = offered(pair)
    words = {"question": "Which clauses? Write to osprey-mail@city.example"}

    with pytest.raises(NotAllCanBeToldNow, match=r"question\.mail-address\.1") as told:
        corrects(pair.a, out, words)
    assert "osprey" not in str(told.value)
    act = pair.a.act()
    [shown] = pair.a.read(
        lambda db: preview_case_correction(db, pair.a.hub, str(out.case_id), words, act)
    )
    kept = [Kept(each.place, "A public address.") for each in shown.preview.found]
    corrects(pair.a, out, words, expect=[shown.preview.sha256], kept=kept)
    pair.carry()

    assert question_at(pair.b) == words["question"]


def test_what_was_worded_for_outsiders_is_worded_anew_by_a_person(pair: Pair) -> None:
    out = offered(pair, Edits(title="Clauses", question="Which clauses does one need?"))

    with pytest.raises(NotAllCanBeToldNow, match="outside-file"):
        corrects(pair.a, out, NEW)
    done = corrects(pair.a, out, NEW, words=Words(question="Which clauses, in all?", stays=True))
    pair.carry()

    assert done.told == (pair.b.host,)
    assert question_at(pair.b) == "Which clauses, in all?"
    assert pair.b.only_offer().title == "Clauses"


def test_a_case_corrected_here_alone_stays_in_the_list_until_the_hub_is_told(pair: Pair) -> None:
    out = offered(pair, Edits(question="Which clauses does one need?"))

    done = corrects(pair.a, out, NEW, here_only=True)
    quiet = pair.carry()
    [behind] = recipients(pair.a, out.case_id)
    with pytest.raises(EditedForOutsiders):
        pair.a.do(correct_copy, out.id)
    pair.a.do(correct_copy, out.id, words=Words(question="Which clauses, in all?"))
    pair.carry()

    [told] = recipients(pair.a, out.case_id)
    assert (done.told, done.behind, quiet) == ((), (pair.b.host,), 0)
    assert behind.behind_since == pair.a.now
    assert "not told of that yet" in behind.says
    assert (told.behind_since, told.version) == (None, 2)
    assert question_at(pair.b) == "Which clauses, in all?"
    with pytest.raises(NothingToCorrect):
        pair.a.do(correct_copy, out.id)


def test_words_for_outsiders_that_are_right_as_they_are_need_no_message(pair: Pair) -> None:
    out = offered(pair, Edits(title="Clauses", question="Which clauses does one need?"))
    corrects(pair.a, out, NEW, here_only=True)

    pair.a.do(correct_copy, out.id, words=Words(stays=True))

    assert pair.carry() == 0
    [told] = recipients(pair.a, out.case_id)
    assert (told.behind_since, told.newest) == (None, 1)


def test_who_asks_is_put_right_only_at_the_hub_that_knew_it(pair: Pair, tmp_path: Path) -> None:
    third = Side("sofia.example", tmp_path)
    pair.a.knows(third)
    third.knows(pair.a)
    case = pair.a.has_case(**AGREED)
    out = pair.a.do(offer_case, case.id, pair.b.host)
    pair.a.do(offer_case, case.id, third.host)
    pair.carry(third)
    theirs = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry(third)
    pair.a.do(reveal, out.id, [Part.CONTACT])
    pair.carry(third)

    done = corrects(pair.a, out, {"contact": "new-mail@city.example", "name": "Ana Osprey"})
    pair.carry(third)

    assert done.told == (pair.b.host,)
    who = pair.b.case(str(theirs.case_id)).requester
    assert (who.contact, who.name) == ("new-mail@city.example", "")
    assert b"new-mail" not in third.file_bytes()
    assert versions(pair.a, case.id) == {pair.b.host: 2, third.host: 1}
    third.database.close_now()


def test_what_is_not_known_of_who_asks_any_more_is_forgotten_there_too(pair: Pair) -> None:
    out = offered(pair, **AGREED)
    brought(pair, out, "esc-accepted")
    pair.a.do(reveal, out.id, [Part.CONTACT, Part.NAME])
    pair.carry()

    corrects(pair.a, out, {"contact": ""})
    pair.carry()

    who = pair.b.case(str(pair.b.only_offer().case_id)).requester
    assert (who.contact, who.name != "") == ("", True)


def test_no_hub_is_told_what_it_never_had(pair: Pair) -> None:
    out = offered(pair)

    done = corrects(pair.a, out, {"organisation": "OSPREY-AERIE", "contact": "x@y.example"})

    assert (done.told, done.behind) == ((), ())
    assert pair.carry() == 0


@pytest.mark.parametrize("ending", ["withdraw", "decline"])
def test_what_the_copy_said_is_forgotten_with_it(pair: Pair, ending: str) -> None:
    out = offered(pair)
    if ending == "withdraw":
        pair.a.do(withdraw, out.id)
    else:
        pair.b.do(decline_offer, pair.b.only_offer().id, reason="No time.")
    pair.carry()

    assert pair.a.read(lambda db: SentCopyStore(db, pair.a.hub.vault).get(out.id)) is None
    done = corrects(pair.a, out, NEW)
    assert (done.told, done.behind, pair.carry()) == ((), (), 0)


def test_a_correction_that_crosses_a_refusal_leaves_nothing_there(pair: Pair) -> None:
    out = offered(pair)
    corrects(pair.a, out, {"question": "CANARY-CORRECTED question"})
    pair.b.do(decline_offer, pair.b.only_offer().id, reason="No time.")

    pair.carry()

    assert pair.states(out) == ("esc-declined", "esc-declined")
    assert b"CANARY-CORRECTED" not in pair.b.file_bytes()


def test_a_correction_that_crosses_an_acceptance_counts(pair: Pair) -> None:
    out = offered(pair)
    corrects(pair.a, out, NEW)
    pair.b.do(accept_offer, pair.b.only_offer().id)

    pair.carry()

    assert pair.states(out) == ("esc-accepted", "esc-accepted")
    assert question_at(pair.b) == NEW["question"]


def test_a_case_that_may_not_leave_any_more_is_not_corrected_elsewhere_by_the_program(
    pair: Pair,
) -> None:
    out = offered(pair)
    case = pair.a.case(str(out.case_id))
    red = case.relabel(Label.RED, case.sensitivity, pair.a.act())
    pair.a.write(lambda db: CaseStore(db, pair.a.hub.vault).replace(red, pair.a.act()))

    with pytest.raises(NotAllCanBeToldNow, match="tlp-red"):
        corrects(pair.a, out, NEW)
    done = corrects(pair.a, out, NEW, here_only=True)

    assert done.behind == (pair.b.host,)
    assert pair.carry() == 0


def test_a_stricter_label_goes_along_and_a_milder_one_does_not_loosen_the_copy(pair: Pair) -> None:
    out = offered(pair, label="tlp-green", sensitivity="data-none")
    brought(pair, out, "esc-accepted")
    for label in (Label.AMBER_STRICT, Label.GREEN):
        case = pair.a.case(str(out.case_id))
        new = case.relabel(label, case.sensitivity, pair.a.act())
        pair.a.write(lambda db, new=new: CaseStore(db, pair.a.hub.vault).replace(new, pair.a.act()))
        corrects(pair.a, out, {"question": f"As of {label.value}?"})
        pair.carry()

    came = pair.b.only_offer()
    assert (came.label, pair.b.case(str(came.case_id)).label) == (
        "tlp-amber-strict",
        Label.AMBER_STRICT,
    )
    assert came.terms is not None
    assert came.terms.onward is OnwardUse.NONE
    assert question_at(pair.b) == "As of tlp-green?"


def test_a_hub_that_passed_the_copy_on_sees_that_its_own_recipient_lacks_the_correction(
    pair: Pair, tmp_path: Path
) -> None:
    third = Side("sofia.example", tmp_path)
    pair.b.knows(third)
    third.knows(pair.b)
    out = offered(pair, label="tlp-green", sensitivity="data-none")
    theirs = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry(third)
    ground = Edits(ground=Ground.NO_PERSONAL_DATA, ground_reason="It names nobody.")
    on = pair.b.do(offer_case, str(theirs.case_id), third.host, edits=ground)
    pair.carry(third)

    corrects(pair.a, out, NEW)
    pair.carry(third)
    [behind] = recipients(pair.b, theirs.case_id)
    pair.b.do(correct_copy, on.id)
    pair.carry(third)

    assert behind.behind_since is not None
    assert question_at(third) == NEW["question"]
    assert [each.version for each in recipients(pair.b, theirs.case_id)] == [2]
    third.database.close_now()


def test_two_hubs_of_which_one_is_down_have_different_versions_until_it_is_back(
    pair: Pair, tmp_path: Path
) -> None:
    third = Side("sofia.example", tmp_path)
    pair.a.knows(third)
    third.knows(pair.a)
    case = pair.a.has_case()
    out = pair.a.do(offer_case, case.id, pair.b.host)
    pair.a.do(offer_case, case.id, third.host)
    carry_among(pair.a, pair.b, third)
    corrects(pair.a, out, NEW)
    letters_out = pair.a.letters_out()
    for body in letters_out:
        if third.hub.identity.actor not in json.loads(body)["to"]:
            pair.b.takes(body, pair.a)
    pair.carry()
    meanwhile = versions(pair.a, case.id)
    for body in letters_out:
        if third.hub.identity.actor in json.loads(body)["to"]:
            third.takes(body, pair.a)
    carry_among(pair.a, pair.b, third)

    assert meanwhile == {pair.b.host: 2, third.host: 1}
    assert versions(pair.a, case.id) == {pair.b.host: 2, third.host: 2}
    third.database.close_now()


def test_a_hub_that_refuses_a_correction_is_told_by_its_people(pair: Pair) -> None:
    out = offered(pair)
    corrects(pair.a, out, NEW)
    # The receiver has a stricter copy of the day: it takes no correction that changes it.
    came = pair.b.only_offer()
    pair.b.write(
        lambda db: db.execute(
            "update escalations set due_by = '2031-01-01T00:00:00.000Z' where id = ?", (came.id,)
        )
    )

    pair.carry()

    [told] = recipients(pair.a, out.case_id)
    assert (told.version, told.newest) == (1, 1)
    assert "refused the correction" in told.says
    assert question_at(pair.b) != NEW["question"]


def test_a_receiver_cannot_correct_the_origin(pair: Pair) -> None:
    out = offered(pair)
    brought(pair, out, "esc-accepted")
    shown = pair.a.read(
        lambda db: preview_correction(
            db, pair.a.hub, out, pair.a.act(), Words(question="CANARY-FORGED")
        )
    )
    copy = letters.CaseCopy.model_validate(json.loads(shown.preview.canonical))
    letter = letters.correct_letter(copy, ("content",), {})
    came = pair.b.only_offer()
    pair.b.write(
        lambda db: send_inner(
            db,
            pair.b.hub,
            PeerStore(db).get(pair.a.host),
            letter,
            pair.b.act(),
            escalation=came,
            verb="correct",
        )
    )
    before = pair.a.case(str(out.case_id))

    pair.carry()

    assert pair.a.case(str(out.case_id)) == before
    told = pair.b.escalation(came.id).delivery
    assert told is not None
    assert told.word == "failed"
