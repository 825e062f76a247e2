"""What can be done about an offer, by the hub that made it and by the other: the table of steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from content.people.permissions import Right
from federation.escalation.revealing import Part
from node.api import escalations
from node.api.models.escalations import ThreadAnswer
from node.web.forms import PageForm
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Person, Visit
from node.web.step_forms import SURE, TEXT, ReasonForm, SureForm, TextForm
from node.web.steps import Choices, Input, Step, Subject
from node.web.views.desk.people import people_for_cases


@dataclass(frozen=True, slots=True)
class OfferAtHand:
    """The escalation of a step, and the people who could be given it."""

    thread: ThreadAnswer
    people: Choices


class AcceptForm(PageForm):
    """Who works on it, and by when they promise an answer."""

    users: list[str] = Field(default_factory=list)
    answer_by: date | None = None


class DeclineForm(ReasonForm):
    """Why, and who could help instead."""

    refer: Annotated[str, Field(max_length=3000)] = ""


class ProposeForm(ReasonForm):
    """Which third hub, and why."""

    missing: ClassVar[Mapping[str, str]] = {
        **ReasonForm.missing,
        "hub": N_("Write the host of the hub."),
    }
    hub: Annotated[str, Field(max_length=300)]


class ForwardForm(PageForm):
    """The question, as it goes to the requester."""

    text: Annotated[str, Field(max_length=64 * 1024)] = ""
    until: date | None = None


class PassOnForm(PageForm):
    """The reply, as it goes to the other hub."""

    text: Annotated[str, Field(max_length=64 * 1024)] = ""
    confirmed: bool = False


class RevealForm(SureForm):
    """What of the requester to tell."""

    missing: ClassVar[Mapping[str, str]] = {"fields": N_("Choose what to tell.")}
    fields: list[Part]


async def thread_of(visit: Visit) -> ThreadAnswer:
    """Return the escalation of the address, as this person may see it."""
    found: ThreadAnswer = await visit.ask(escalations.show_escalation, id=visit.path["id"])
    return found


async def _load(visit: Visit) -> OfferAtHand:
    return OfferAtHand(await thread_of(visit), await visit.read(people_for_cases))


def _named(at_hand: OfferAtHand) -> str:
    thread = at_hand.thread
    return thread.title or _("Escalation with %(hub)s", hub=thread.peer)


def _parts(_subject: Any) -> Choices:
    return (
        (Part.NAME.value, _("Their name")),
        (Part.CONTACT.value, _("How to reach them")),
        (Part.ORGANISATION.value, _("Their organisation")),
    )


def _asked(at_hand: OfferAtHand) -> dict[str, str]:
    question = at_hand.thread.question_asked
    return {} if question is None else {"text": question.asked}


def _replied(at_hand: OfferAtHand) -> dict[str, str]:
    question = at_hand.thread.question_asked
    return {} if question is None else {"text": "\n\n".join(question.replies)}


_WHO: Final = Input(
    kind="boxes",
    name="users",
    label=N_("Who works on it"),
    hint=N_("May be nobody yet."),
    choices=lambda s: s.people,
)
_PROMISE: Final = Input(
    kind="day",
    name="answer_by",
    label=N_("We promise an answer by"),
    hint=N_("May stay empty. The other hub sees it."),
)
SUBJECT: Final = Subject(path="/desk/offers/{id}", section="offers", load=_load, named=_named)
STEPS: Final = (
    Step(
        slug="accept",
        right=Right.ESCALATE,
        title=N_("Accept the offer"),
        intro=N_(
            "It becomes a case of this hub too. The other hub is told, and the requester sees it."
        ),
        button=N_("Accept it"),
        done=N_("Accepted. It is a case of this hub now."),
        form=AcceptForm,
        handler=escalations.accept_escalation,
        inputs=(_WHO, _PROMISE),
        body=lambda f: {"users": f.users, "answer_by": f.answer_by and f.answer_by.isoformat()},
        at="users",
    ),
    Step(
        slug="decline",
        right=Right.ESCALATE,
        title=N_("Decline, or give it back"),
        intro=N_(
            "The people of the other hub read why. Our copy of the text is destroyed, and they get"
            " a receipt for that. There is no way back."
        ),
        button=N_("Decline it"),
        done=N_("Declined. Our copy is destroyed, and the other hub is told."),
        form=DeclineForm,
        handler=escalations.decline_escalation,
        inputs=(
            Input(kind="text", name="reason", label=N_("Why"), required=True, rows=4),
            Input(
                kind="line",
                name="refer",
                label=N_("Who could help instead"),
                hint=N_("Hosts of hubs, with blanks between them. May stay empty."),
            ),
        ),
        body=lambda f: {"reason": f.reason, "refer": f.refer.replace(",", " ").split()},
        at="reason",
        danger=True,
    ),
    Step(
        slug="assign",
        right=Right.ESCALATE,
        title=N_("Say who works on it"),
        intro=N_("The other hub learns only that work has begun."),
        button=N_("Give it to them"),
        done=N_("The case is with them now."),
        form=AcceptForm,
        handler=escalations.assign_escalation,
        inputs=(_WHO, _PROMISE),
        body=lambda f: {"users": f.users, "answer_by": f.answer_by and f.answer_by.isoformat()},
        at="users",
    ),
    Step(
        slug="ask",
        right=Right.ESCALATE,
        title=N_("Ask the other hub something"),
        intro=N_("They may pass it on to the requester. It travels sealed."),
        button=N_("Ask"),
        done=N_("The question is on its way."),
        form=TextForm,
        handler=escalations.ask_about_escalation,
        inputs=(TEXT,),
        body=lambda f: {"text": f.text},
        at="text",
    ),
    Step(
        slug="propose",
        right=Right.ESCALATE,
        title=N_("Propose a third hub"),
        intro=N_("Nothing goes there: the hub that made the offer decides."),
        button=N_("Propose it"),
        done=N_("The proposal is on its way."),
        form=ProposeForm,
        handler=escalations.propose_another,
        inputs=(
            Input(kind="line", name="hub", label=N_("Host of the hub"), required=True),
            Input(kind="text", name="reason", label=N_("Why"), required=True, rows=3),
        ),
        body=lambda f: {"hub": f.hub, "reason": f.reason},
        at="hub",
    ),
    Step(
        slug="forward",
        right=Right.ESCALATE,
        title=N_("Ask the requester what the other hub asked"),
        intro=N_(
            "These are the words of the other hub. Change what the requester would not understand."
        ),
        button=N_("Ask the requester"),
        done=N_("The requester is asked."),
        form=ForwardForm,
        handler=escalations.forward_escalation,
        inputs=(
            Input(kind="text", name="text", label=N_("Question"), rows=4),
            Input(kind="day", name="until", label=N_("Reply by")),
        ),
        start=_asked,
        body=lambda f: {"text": f.text or None, "until": f.until and f.until.isoformat()},
        at="text",
    ),
    Step(
        slug="pass-on",
        right=Right.ESCALATE,
        title=N_("Pass the requester’s reply on"),
        intro=N_("These are the words of the requester. Take names out, and what tells who asks."),
        button=N_("Pass it on"),
        done=N_("The reply is on its way to the other hub."),
        form=PassOnForm,
        handler=escalations.pass_escalation_on,
        inputs=(
            Input(kind="text", name="text", label=N_("Reply"), rows=6),
            Input(
                kind="tick",
                name="confirmed",
                label=N_("I looked at it: what seems to tell who asks may leave"),
            ),
        ),
        start=_replied,
        body=lambda f: {"text": f.text or None, "confirmed": f.confirmed},
        at="text",
    ),
    Step(
        slug="confirm",
        right=Right.ESCALATE,
        title=N_("Confirm that the answer helps"),
        intro=N_(
            "Whoever asked can read the answer since it came. The other hub is told that it helped."
            " You can take that back."
        ),
        button=N_("Confirm it"),
        done=N_("Confirmed. The other hub is told."),
        form=PageForm,
        handler=escalations.confirm_escalation,
        inputs=(),
        body=lambda _f: None,
    ),
    Step(
        slug="reopen",
        right=Right.ESCALATE,
        title=N_("Take the confirmation back"),
        intro=N_("Work on it goes on at the other hub."),
        button=N_("Take it back"),
        done=N_("The other hub works on it again."),
        form=PageForm,
        handler=escalations.reopen_escalation,
        inputs=(),
        body=lambda _f: None,
    ),
    Step(
        slug="reveal",
        right=Right.ESCALATE,
        title=N_("Tell who asks"),
        intro=N_(
            "Only what the requester agreed to, to this one hub. It is recorded, and cannot be"
            " made unsaid."
        ),
        button=N_("Tell it"),
        done=N_("It is on its way, sealed. The requester sees that it was told."),
        form=RevealForm,
        handler=escalations.reveal_identity,
        inputs=(
            Input(kind="boxes", name="fields", label=N_("What to tell"), choices=_parts),
            SURE,
        ),
        body=lambda f: {"fields": [each.value for each in f.fields]},
        at="fields",
        danger=True,
    ),
    Step(
        slug="withdraw-others",
        right=Right.ESCALATE,
        title=N_("Take the other offers back"),
        intro=N_(
            "This hub goes on. All others that are still asked about this case destroy their copies"
            " and confirm that. There is no way back."
        ),
        button=N_("Take the others back"),
        done=N_("Taken back. The other hubs destroy their copies."),
        form=SureForm,
        handler=escalations.withdraw_other_offers,
        inputs=(SURE,),
        body=lambda _f: None,
        danger=True,
    ),
    Step(
        slug="withdraw",
        right=Right.ESCALATE,
        title=N_("Take the offer back"),
        intro=N_("The other hub destroys its copy and confirms that. There is no way back."),
        button=N_("Take it back"),
        done=N_("Taken back. The other hub destroys its copy."),
        form=SureForm,
        handler=escalations.withdraw_escalation,
        inputs=(SURE,),
        body=lambda _f: None,
        danger=True,
    ),
)


def possible_steps(thread: ThreadAnswer, person: Person) -> list[Step]:
    """Return what this hub can do with an escalation as it stands, in the order of the table."""
    verbs: set[str] = set(thread.possible)
    if thread.question_asked is not None:
        verbs.add("forward")
        if thread.question_asked.replies:
            verbs.add("pass-on")
    if thread.also_open and thread.state in ("esc-accepted", "esc-in-progress", "esc-answered"):
        verbs.add("withdraw-others")
    return [step for step in STEPS if step.slug in verbs and person.may(step.right)]
