"""Escalations on the terminal and as JSON."""

from datetime import date

from federation.escalation.delivery_words import says_of
from federation.escalation.escalation import Escalation, EscalationThread
from federation.escalation.offer_text import OfferTerms, OfferText
from federation.escalation.state_words import state_in_words
from federation.escalation.states import OPEN
from federation.escalation.suggesting import NextHub
from node.cli.output import print_fields, print_text, say, when


def plain_escalation(escalation: Escalation) -> dict[str, object]:
    """Return an escalation as programs read it: without title and reason, which are case text."""
    delivery = escalation.delivery
    return {
        "id": escalation.id,
        "direction": escalation.direction,
        "peer": escalation.peer,
        "offer_id": escalation.offer_id,
        "case": escalation.case_id,
        "state": escalation.state,
        "says": state_in_words(escalation),
        "possible": escalation.possible,
        "topics": escalation.topics,
        "language": escalation.language,
        "country": escalation.country,
        "label": escalation.label,
        "due": escalation.due,
        "answer_by": escalation.answer_by,
        "handed_to": escalation.handed_to,
        "terms": None if escalation.terms is None else escalation.terms.as_plain(),
        "fields": escalation.fields,
        "revealed": escalation.revealed,
        "delivery": None if delivery is None else delivery.word,
        "delivery_reason": "" if delivery is None else delivery.reason,
        "delivery_says": says_of(escalation),
        "created_at": escalation.created_at,
        "updated_at": escalation.updated_at,
    }


def plain_thread(thread: EscalationThread) -> dict[str, object]:
    """Return an escalation with its texts as programs read it."""
    escalation, offer = thread.escalation, thread.offer
    return {
        **plain_escalation(escalation),
        "title": escalation.title,
        "reason": escalation.reason,
        "corrected_at": thread.corrected_at,
        "refer": escalation.refer,
        "question": None if offer is None else offer.question,
        "offer": None if offer is None else offer.as_plain(),
        "files": [
            {
                "name": file.name,
                "direction": file.direction,
                "media_type": file.media_type,
                "size": file.size,
                "state": file.state,
                "says": file.says,
                "attachment": file.attachment_id,
            }
            for file in thread.files
        ],
        "messages": [message.model_dump(mode="json") for message in thread.messages],
    }


def print_thread(thread: EscalationThread) -> None:
    """Print an escalation with its texts for people."""
    escalation = thread.escalation
    out = escalation.direction == "out"
    print_fields(
        [
            ("escalation", escalation.id),
            ("offered to" if out else "offered by", escalation.peer),
            ("state", f"{escalation.state}: {state_in_words(escalation)}"),
            ("our case", escalation.case_id),
            ("topics", escalation.topics),
            ("language", f"{escalation.language}, law of {escalation.country}"),
            ("handling", f"{escalation.label}, {escalation.sensitivity}"),
            ("asked by", escalation.requester_role),
            ("decided by", escalation.due),
            ("answer promised by", escalation.answer_by),
            ("handed on to", escalation.handed_to),
            ("copy put right", [when(each) for each in thread.corrected_at]),
            *_terms(escalation.terms),
            ("told of who asks", escalation.revealed),
            ("last message", says_of(escalation)),
        ]
    )
    if thread.offer is not None:
        _print_offer(thread.offer)
    elif escalation.title is not None:
        say(f"\n{escalation.title}")
    if escalation.reason:
        print_text("Why it was declined", escalation.reason)
    for file in thread.files:
        name = file.name or "a file"
        way = "from" if file.direction == "in" else "for"
        say(f"\nFile {way} {escalation.peer}: {name}, {file.media_type}, {file.size} bytes")
        say(f"  {file.says}")
        if file.attachment_id is not None and file.state == "here":
            say(f"  {file.attachment_id}")
    for message in thread.messages:
        print_text(f"{when(message.at)}  {message.kind.value} by {message.author}", message.text)


def print_next(escalation: Escalation, hubs: tuple[NextHub, ...]) -> None:
    """Print whom to ask instead, each with the command that does it or what to do before."""
    for each in hubs:
        by = "a good match" if each.suggested_by is None else f"suggested by {each.suggested_by}"
        name = each.name if each.name == each.host else f"{each.name} ({each.host})"
        say(f"\n{name}, {by}. {each.says}")
        for reason in each.reasons:
            say(f"  {reason}.")
        if each.standing == "can-be-asked":
            instead = f" --instead-of {escalation.id}" if escalation.state in OPEN else ""
            say(f"  hub escalate {escalation.case_id} --to {each.host}{instead} --preview")
        elif each.standing == "unknown":
            say(f"  hub peer add https://{each.host}")
        elif each.standing == "not-approved":
            say(f"  hub peer show {each.host}")


def _terms(terms: OfferTerms | None) -> list[tuple[str, str | date | None]]:
    if terms is None:
        return []
    return [
        ("it rests on", terms.consent or terms.ground),
        ("transfer", terms.transfer),
        ("handing it on", terms.onward.value),
        ("deleted by", terms.delete_by),
    ]


def _print_offer(offer: OfferText) -> None:
    print_fields(
        [
            ("principles", offer.principles),
            ("framework", offer.framework),
            ("type of request", offer.request_type),
            ("wanted", offer.wanted),
            ("stage", offer.stage),
            ("urgency", offer.urgency),
            ("jurisdiction", offer.jurisdiction),
            ("organisation", offer.organisation_type),
            ("of use until", offer.deadline),
        ]
    )
    print_text(offer.title, offer.question)
    if offer.context:
        print_text("About the project", offer.context)


def at_another_hub(escalation: Escalation) -> str:
    """Return in one line where a case stands with another hub, for whoever works on it."""
    way = "asked" if escalation.direction == "out" else "came from"
    stands = state_in_words(escalation)
    says = says_of(escalation) or ""
    return f"{way} {escalation.peer}, {escalation.state}: {stands}. {says}".strip()
