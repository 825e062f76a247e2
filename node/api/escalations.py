"""Escalations: what we offered to other hubs, and what they offered to us."""

from collections.abc import Callable
from datetime import datetime

import sqlite_utils

from content.changes import Act
from content.people.permissions import Right
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.asking_back import (
    OpenQuestion,
    forward_question,
    open_question,
    pass_reply_on,
)
from federation.escalation.delivery_words import says_to_us
from federation.escalation.escalation import Escalation, EscalationThread, NoSuchEscalation
from federation.escalation.handing_on import propose_hub
from federation.escalation.offer_text import OfferTerms
from federation.escalation.offering import confirm, give_info, reopen, withdraw
from federation.escalation.reading import list_escalations, read_thread
from federation.escalation.revealing import reveal
from federation.escalation.scanning import Kept
from federation.escalation.several import open_beside, withdraw_others
from federation.escalation.state_words import state_in_words
from federation.escalation.suggesting import NextHub, next_hubs
from federation.hub import Hub
from node.api.models.common import Listing, Said
from node.api.models.escalations import (
    Acceptance,
    CitedText,
    CopyFileAnswer,
    Decline,
    DeliveryAnswer,
    EscalationAnswer,
    EscalationQuery,
    Forwarding,
    InfoBody,
    NextHubAnswer,
    OfferAnswer,
    PassingOn,
    Proposal,
    QuestionAnswer,
    Revealing,
    TermsAnswer,
    ThreadAnswer,
    ThreadMessage,
)
from node.api.routes import ApiRoute, Call, Handler, shaped

SUBJECT = "Escalations"
Step = Callable[[sqlite_utils.Database, Hub, str, Act], Escalation]


def escalation_answer(escalation: Escalation, now: datetime) -> EscalationAnswer:
    """Return what the API shows of an escalation at this moment."""
    escalation = escalation.seen_at(now)
    return shaped(
        EscalationAnswer,
        escalation,
        says=state_in_words(escalation),
        delivery=_delivery(escalation),
        terms=_terms(escalation.terms),
    )


async def list_all_escalations(call: Call) -> Listing[EscalationAnswer]:
    """Return escalations of both directions, newest first."""
    query: EscalationQuery = call.query
    page = await call.read(
        lambda db: list_escalations(
            db,
            call.hub,
            direction=query.direction,
            state=query.state,
            peer=query.peer,
            limit=query.limit,
            cursor=query.cursor,
        )
    )
    now = call.node.clock.now()
    items = [escalation_answer(item, now) for item in page.items]
    return Listing(items=items, next=page.next_cursor)


async def show_escalation(call: Call) -> ThreadAnswer:
    """Return one escalation with what was said in it."""
    now, rules = call.node.clock.now(), call.settings.matching

    def work(
        db: sqlite_utils.Database,
    ) -> tuple[EscalationThread, OpenQuestion | None, tuple[NextHub, ...], tuple[Escalation, ...]]:
        thread = read_thread(db, call.hub, call.path["id"])
        question = open_question(db, call.hub, thread.escalation)
        hubs = next_hubs(db, call.hub, thread.escalation, now, rules=rules)
        return thread, question, hubs, open_beside(db, call.hub, thread.escalation)

    thread, question, hubs, beside = await call.read_noted(work, "escalation.read", call.path["id"])
    offer, seen = thread.offer, thread.escalation.seen_at(now)
    return shaped(
        ThreadAnswer,
        seen,
        says=state_in_words(seen),
        delivery=_delivery(thread.escalation),
        terms=_terms(thread.escalation.terms),
        offer=None if offer is None else shaped(OfferAnswer, offer, terms=_terms(offer.terms)),
        messages=[shaped(ThreadMessage, message) for message in thread.messages],
        files=[shaped(CopyFileAnswer, file, says=file.says) for file in thread.files],
        question_asked=None if question is None else shaped(QuestionAnswer, question),
        corrected_at=thread.corrected_at,
        also_open=[escalation_answer(each, now) for each in beside],
        next=[shaped(NextHubAnswer, each) for each in hubs],
    )


async def accept_escalation(call: Call) -> EscalationAnswer:
    """Accept an offer: it becomes a case of this hub too."""
    body: Acceptance = call.body
    return await _step(
        call,
        lambda db, hub, number, act: accept_offer(
            db, hub, number, act, assigned_to=body.users, answer_by=body.answer_by
        ),
    )


async def decline_escalation(call: Call) -> EscalationAnswer:
    """Decline an offer, or give it back; our copy of the text is destroyed."""
    body: Decline = call.body
    return await _step(
        call,
        lambda db, hub, number, act: decline_offer(
            db, hub, number, act, reason=body.reason, refer=body.refer
        ),
    )


async def assign_escalation(call: Call) -> EscalationAnswer:
    """Say who of us works on it; the other hub learns only that work has begun."""
    body: Acceptance = call.body
    return await _step(
        call,
        lambda db, hub, number, act: assign_offer(
            db, hub, number, act, to=body.users, answer_by=body.answer_by
        ),
    )


async def ask_about_escalation(call: Call) -> EscalationAnswer:
    """Ask the hub that made the offer something."""
    body: Said = call.body
    return await _step(
        call, lambda db, hub, number, act: ask_origin(db, hub, number, body.text, act)
    )


async def inform_about_escalation(call: Call) -> EscalationAnswer:
    """Answer what the other hub asked about our case, or tell it more."""
    body: InfoBody = call.body
    kept = [Kept(each.place, each.reason) for each in body.keep_found]
    return await _step(
        call, lambda db, hub, number, act: give_info(db, hub, number, body.text, act, kept=kept)
    )


async def propose_another(call: Call) -> EscalationAnswer:
    """Propose to the origin that a third hub takes the case on."""
    body: Proposal = call.body
    return await _step(
        call,
        lambda db, hub, number, act: propose_hub(db, hub, number, body.hub, body.reason, act),
    )


async def forward_escalation(call: Call) -> EscalationAnswer:
    """Ask the requester what the other hub asked."""
    body: Forwarding = call.body
    return await _step(
        call,
        lambda db, hub, number, act: forward_question(
            db, hub, number, act, text=body.text, until=body.until
        ),
    )


async def pass_escalation_on(call: Call) -> EscalationAnswer:
    """Pass the requester's reply on to the hub that asked."""
    body: PassingOn = call.body
    return await _step(
        call,
        lambda db, hub, number, act: pass_reply_on(
            db, hub, number, act, text=body.text, confirmed=body.confirmed
        ),
    )


async def answer_escalation(call: Call) -> EscalationAnswer:
    """Answer a case that another hub offered to us."""
    body: CitedText = call.body
    return await _step(
        call,
        lambda db, hub, number, act: answer_origin(
            db,
            hub,
            number,
            body.text,
            act,
            citations=body.citations,
            attach=body.attach,
            attach_named=body.attach_named,
        ),
    )


async def confirm_escalation(call: Call) -> EscalationAnswer:
    """Confirm that the answer to our case is usable."""
    return await _step(call, confirm)


async def reopen_escalation(call: Call) -> EscalationAnswer:
    """Take a confirmation back."""
    return await _step(call, reopen)


async def reveal_identity(call: Call) -> EscalationAnswer:
    """Tell the hub that took our case on who asks, as far as the requester agreed."""
    body: Revealing = call.body
    return await _step(call, lambda db, hub, number, act: reveal(db, hub, number, body.fields, act))


async def withdraw_escalation(call: Call) -> EscalationAnswer:
    """Take an offer of ours back; the other hub destroys its copy."""
    return await _step(call, withdraw)


async def withdraw_other_offers(call: Call) -> Listing[EscalationAnswer]:
    """Take back all other open offers of the same case; this one goes on."""
    number, act = call.path["id"], call.act()
    back = await call.write(lambda db: withdraw_others(db, call.hub, number, act))
    return Listing(items=[escalation_answer(each, act.at) for each in back], total=len(back))


async def _step(call: Call, step: Step) -> EscalationAnswer:
    number, act = call.path["id"], call.act()
    return escalation_answer(await call.write(lambda db: step(db, call.hub, number, act)), act.at)


def _delivery(escalation: Escalation) -> DeliveryAnswer | None:
    delivery = escalation.delivery
    if delivery is None:
        return None
    return shaped(DeliveryAnswer, delivery, says=says_to_us(delivery, escalation.peer))


def _terms(terms: OfferTerms | None) -> TermsAnswer | None:
    return None if terms is None else shaped(TermsAnswer, terms)


def _unknown() -> Exception:
    return NoSuchEscalation("")


def _move(verb: str, handler: Handler, summary: str, body: type | None = None) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/escalations/{{id}}/{verb}",
        handler,
        summary,
        SUBJECT,
        EscalationAnswer,
        right=Right.ESCALATE,
        hidden=_unknown,
        body=body,
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/escalations",
        list_all_escalations,
        "Escalations of both directions",
        SUBJECT,
        Listing[EscalationAnswer],
        right=Right.ESCALATE,
        query=EscalationQuery,
    ),
    ApiRoute(
        "GET",
        "/escalations/{id}",
        show_escalation,
        "One escalation with its thread",
        SUBJECT,
        ThreadAnswer,
        right=Right.ESCALATE,
        hidden=_unknown,
    ),
    _move("accept", accept_escalation, "Accept an offer", Acceptance),
    _move("decline", decline_escalation, "Decline an offer", Decline),
    _move("assign", assign_escalation, "Say who works on it", Acceptance),
    _move("ask", ask_about_escalation, "Ask the origin", Said),
    _move("propose", propose_another, "Propose a third hub to the origin", Proposal),
    _move("forward", forward_escalation, "Ask the requester what was asked", Forwarding),
    _move("pass-on", pass_escalation_on, "Pass the requester's reply on", PassingOn),
    _move("info", inform_about_escalation, "Answer what was asked", InfoBody),
    _move("answer", answer_escalation, "Answer the case", CitedText),
    _move("confirm", confirm_escalation, "Confirm the answer"),
    _move("reopen", reopen_escalation, "Take the confirmation back"),
    _move("reveal", reveal_identity, "Tell who asks, by consent", Revealing),
    _move("withdraw", withdraw_escalation, "Take the offer back"),
    ApiRoute(
        "POST",
        "/escalations/{id}/withdraw-others",
        withdraw_other_offers,
        "Take back what other hubs were offered of the same case",
        SUBJECT,
        Listing[EscalationAnswer],
        right=Right.ESCALATE,
        hidden=_unknown,
    ),
)
