"""The steps of a case that are between its people and the one who asked."""

from typing import Final

from content.cases.request import MayEscalate
from content.people.permissions import Right
from node.api import cases, for_requesters
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.step_forms import TEXT, TextForm
from node.web.steps import Input, Step
from node.web.views.desk.case_forms import AskForm, ConsentForm

REQUESTER: Final = N_("With who asked")

REQUESTER_STEPS: Final = (
    Step(
        slug="ask",
        right=Right.CASES_WORK,
        title=N_("Ask the requester"),
        intro=N_(
            "They see the question when they come back with their code. If they agreed to mails,"
            " they get one that says there is news, and nothing else."
        ),
        button=N_("Send the question"),
        done=N_("The question is with the requester."),
        form=AskForm,
        handler=cases.ask_requester,
        inputs=(
            Input(kind="text", name="text", label=N_("Question"), required=True),
            Input(
                kind="day",
                name="until",
                label=N_("Reply by"),
                hint=N_("You are told when they have not replied by then."),
            ),
        ),
        body=lambda f: {"text": f.text, "until": f.until and f.until.isoformat()},
        at="text",
        group=REQUESTER,
    ),
    Step(
        slug="reply",
        right=Right.CASES_WORK,
        title=N_("Note what the requester replied"),
        intro=N_("For replies by phone or mail. It stands in the case as theirs."),
        button=N_("Keep the reply"),
        done=N_("The reply is in the case."),
        form=TextForm,
        handler=cases.note_reply,
        inputs=(TEXT,),
        body=lambda f: {"text": f.text},
        at="text",
        group=REQUESTER,
    ),
    Step(
        slug="consents",
        right=Right.CASES_WORK,
        title=N_("Note what the requester agrees to"),
        intro=N_(
            "For what they say on the phone, by mail or at the counter. It takes the place of what"
            " stood here. They see it with their code, and can change it there."
        ),
        button=N_("Note it"),
        done=N_("It is noted what the requester agrees to."),
        form=ConsentForm,
        handler=for_requesters.note_what_they_agree_to,
        inputs=(
            Input(
                kind="pick",
                name="escalate",
                label=N_("May a copy go to another hub?"),
                required=True,
                choices=lambda _s: (
                    (MayEscalate.YES.value, _("Yes, without name and contact")),
                    (MayEscalate.ASK.value, _("Ask first, each time")),
                    (MayEscalate.NO.value, _("No")),
                ),
            ),
            Input(
                kind="boxes",
                name="escalate_to",
                label=N_("Only to these hubs"),
                hint=N_("None ticked: to any hub that this one approved."),
                choices=lambda s: s.hubs,
            ),
            Input(
                kind="tick",
                name="publish_lesson",
                label=N_("What was learned may be published as a case study"),
            ),
            Input(
                kind="tick",
                name="share_name",
                label=N_("A hub that helps may be told who they are and where they work"),
            ),
            Input(
                kind="tick",
                name="share_contact",
                label=N_("A hub that helps may be told how to reach them"),
            ),
            Input(
                kind="tick",
                name="mail_notices",
                label=N_("They want a mail when there is news"),
                hint=N_("Only if their contact is a mail address. The mail says nothing else."),
            ),
        ),
        start=lambda s: s.case.consents.model_dump(),
        body=lambda f: f.model_dump(mode="json"),
        at="escalate",
        group=REQUESTER,
    ),
)
