"""A question of the receiver reaches the requester through the origin, and the reply comes back."""

from datetime import timedelta

import pytest

from content.cases.message import MessageKind
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.escalation.answering import accept_offer, ask_origin
from federation.escalation.asking_back import (
    NoReplyYet,
    NothingAsked,
    forward_question,
    open_question,
    pass_reply_on,
    reply_in_words,
)
from federation.escalation.escalation import Escalation
from federation.escalation.offering import give_info, offer_case
from federation.escalation.reading import read_thread
from federation.escalation.scanning import TracesFound
from federation.requesters import reply, see_request
from federation.taking_in import Taken
from tests.federation.escalation.pair import Pair
from tests.federation.escalation.test_requesters import filed


def asked(pair: Pair, question: str = "Who hosts it?") -> tuple[Taken, Escalation]:
    """Let b accept a filed request and ask about it."""
    taken = filed(pair)
    out = pair.a.do(offer_case, taken.case_id, pair.b.host)
    pair.carry()
    pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.b.do(ask_origin, pair.b.only_offer().id, question)
    pair.carry()
    return taken, pair.a.escalation(out.id)


def replies(pair: Pair, taken: Taken, text: str) -> None:
    pair.a.write(lambda db: reply(db, pair.a.hub, taken.code, text, (), pair.a.now))


def told(pair: Pair) -> list[str]:
    """Return what b was told as information."""
    incoming = pair.b.only_offer().id
    thread = pair.b.read(lambda db: read_thread(db, pair.b.hub, incoming))
    return [each.text for each in thread.messages if each.kind is MessageKind.INFO]


def test_a_question_goes_to_the_requester_edited_and_the_reply_comes_back_edited(
    pair: Pair,
) -> None:
    taken, out = asked(pair, "Which LLM vendor is it, and under whose ToS?")
    until = pair.a.now.date() + timedelta(days=5)

    pair.a.do(forward_question, out.id, text="Who makes the chatbot?", until=until)
    pair.later(hours=1)
    seen = pair.a.read(lambda db: see_request(db, pair.a.hub, taken.code, pair.a.now))
    replies(pair, taken, "We bought it from Example Ltd.")
    pair.a.do(pass_reply_on, out.id, text="A large vendor.")
    pair.carry()

    assert [each.text for each in seen.messages] == ["Who makes the chatbot?"]
    assert "has a question for you" in seen.says
    assert seen.reply_by == until
    assert "reply" in seen.possible
    assert told(pair) == ["A large vendor."]
    assert pair.states(out) == ("esc-in-progress", "esc-in-progress")


def test_without_editing_question_and_reply_go_in_their_authors_words(pair: Pair) -> None:
    taken, out = asked(pair)
    pair.a.do(forward_question, out.id)
    replies(pair, taken, "We do.")
    replies(pair, taken, "In our own cellar.")

    pair.a.do(pass_reply_on, out.id)
    pair.carry()

    seen = pair.a.read(lambda db: see_request(db, pair.a.hub, taken.code, pair.a.now))
    assert seen.messages[0].text == "Who hosts it?"
    assert "has a question" not in seen.says
    assert told(pair) == ["We do.\n\nIn our own cellar."]


def test_what_tells_who_asks_is_shown_and_does_not_leave_unless_a_person_says_so(
    pair: Pair,
) -> None:
    taken, out = asked(pair)
    pair.a.do(forward_question, out.id)
    replies(pair, taken, "Call CANARY-NAME Ruiz at canary-mail@city.example.")

    _, found = pair.a.read(lambda db: reply_in_words(db, pair.a.hub, out.id))
    with pytest.raises(TracesFound):
        pair.a.do(pass_reply_on, out.id)
    with pytest.raises(TracesFound):
        pair.a.do(pass_reply_on, out.id, text="Ask Ruiz.")
    pair.carry()
    before = told(pair)
    pair.a.do(pass_reply_on, out.id, text="Ask Ruiz.", confirmed=True)
    pair.carry()

    assert {each.what for each in found} >= {"name-of-the-requester", "mail-address"}
    assert (before, told(pair)) == ([], ["Ask Ruiz."])


def test_steps_come_in_their_order_and_only_while_something_is_asked(pair: Pair) -> None:
    taken, out = asked(pair)
    with pytest.raises(NoReplyYet):
        pair.a.do(pass_reply_on, out.id)
    pair.a.do(give_info, out.id, "We do.")
    pair.carry()

    for step in (forward_question, pass_reply_on):
        with pytest.raises(NothingAsked):
            pair.a.do(step, out.id)
    seen = pair.a.read(lambda db: see_request(db, pair.a.hub, taken.code, pair.a.now))
    assert seen.messages == ()


def test_a_second_question_begins_anew_without_the_reply_to_the_first(pair: Pair) -> None:
    taken, out = asked(pair, "First?")
    pair.a.do(forward_question, out.id)
    replies(pair, taken, "One.")
    pair.a.do(pass_reply_on, out.id)
    pair.carry()
    pair.b.do(ask_origin, pair.b.only_offer().id, "Second?")
    pair.carry()

    out = pair.a.escalation(out.id)
    question = pair.a.read(lambda db: open_question(db, pair.a.hub, out))

    assert question is not None
    assert (question.asked, question.passed_on_at, question.replies) == ("Second?", None, ())


def test_a_name_of_our_staff_in_a_reply_is_one_of_the_places_to_confirm(pair: Pair) -> None:
    noor = User(
        name="noor",
        display_name="Noor de Vries",
        role=Role.CASEWORKER,
        active=True,
        created_at=pair.a.now,
    )
    pair.a.write(lambda db: UserStore(db).add(noor, pair.a.act()))
    taken, out = asked(pair)
    pair.a.do(forward_question, out.id)
    replies(pair, taken, "Noor de Vries told us so.")

    with pytest.raises(TracesFound) as refused:
        pair.a.do(pass_reply_on, out.id)
    pair.a.do(pass_reply_on, out.id, confirmed=True)
    pair.carry()

    assert [each.what for each in refused.value.found] == ["name-of-staff"]
    assert told(pair) == ["Noor de Vries told us so."]
