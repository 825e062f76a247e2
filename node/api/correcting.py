"""Putting right what a case says, here and at the hubs that have a copy (GDPR Art. 16 and 19)."""

from content.people.permissions import Right
from federation.escalation.case_correcting import correct_case, preview_case_correction
from federation.escalation.correcting import (
    Correction,
    Words,
    correct_copy,
    preview_correction,
)
from federation.escalation.escalation import NoSuchEscalation
from federation.escalation.reading import get_escalation
from federation.escalation.scanning import Kept
from node.api.cases import unknown_case
from node.api.escalations import SUBJECT, escalation_answer
from node.api.models.cases import FoundAnswer, SideAnswer
from node.api.models.common import Listing
from node.api.models.corrections import (
    CaseCorrection,
    CopyCorrection,
    CorrectedAnswer,
    CorrectionPreview,
)
from node.api.models.escalations import EscalationAnswer
from node.api.routes import ApiRoute, Call, shaped


async def put_case_right(call: Call) -> CorrectedAnswer:
    """Put right what a case says, and tell every hub that has a copy with it."""
    body: CaseCorrection = call.body
    act = call.act()
    done = await call.write(
        lambda db: correct_case(
            db,
            call.hub,
            call.path["id"],
            _changes(body),
            act,
            _words(body),
            here_only=body.here_only,
            expect=body.expect,
            kept=_kept(body),
        )
    )
    return CorrectedAnswer(
        id=done.case.id, revision=done.case.revision, told=done.told, behind=done.behind
    )


async def preview_case_right(call: Call) -> Listing[CorrectionPreview]:
    """Return what would leave to each hub that has a copy; nothing is changed or sent."""
    body: CaseCorrection = call.body
    act = call.act()
    shown = await call.read_noted(
        lambda db: preview_case_correction(
            db, call.hub, call.path["id"], _changes(body), act, _words(body)
        ),
        "case.preview",
        call.path["id"],
    )
    return Listing(items=[_preview(each) for each in shown], total=len(shown))


async def put_copy_right(call: Call) -> EscalationAnswer:
    """Tell one hub how its copy of our case reads now."""
    body: CopyCorrection = call.body
    act = call.act()
    return escalation_answer(
        await call.write(
            lambda db: correct_copy(
                db,
                call.hub,
                call.path["id"],
                act,
                _words(body),
                expect=body.expect,
                kept=_kept(body),
            )
        ),
        act.at,
    )


async def preview_copy_right(call: Call) -> CorrectionPreview:
    """Return what would leave to put one copy right; nothing is sent."""
    body: CopyCorrection = call.body
    act = call.act()
    shown = await call.read_noted(
        lambda db: preview_correction(
            db, call.hub, get_escalation(db, call.hub, call.path["id"]), act, _words(body)
        ),
        "case.preview",
        call.path["id"],
    )
    return _preview(shown)


def _changes(body: CaseCorrection) -> dict[str, str]:
    names = ("title", "question", "name", "contact", "organisation")
    given = {name: getattr(body, name) for name in names}
    return {name: value for name, value in given.items() if value is not None}


def _words(body: CopyCorrection) -> Words:
    return Words(**body.outside.model_dump())


def _kept(body: CopyCorrection) -> list[Kept]:
    return [Kept(each.place, each.reason) for each in body.keep_found]


def _preview(shown: Correction) -> CorrectionPreview:
    return shaped(
        CorrectionPreview,
        shown.preview,
        canonical=shown.preview.canonical.decode(),
        sides=[shaped(SideAnswer, side) for side in shown.preview.sides],
        found=[shaped(FoundAnswer, each) for each in shown.preview.found],
        escalation=shown.escalation.id,
        corrected=shown.corrected,
    )


def _unknown() -> Exception:
    return NoSuchEscalation("")


ROUTES = (
    ApiRoute(
        "POST",
        "/cases/{id}/correction",
        put_case_right,
        "Put the case right, here and at other hubs",
        SUBJECT,
        CorrectedAnswer,
        right=Right.ESCALATE,
        hidden=unknown_case,
        body=CaseCorrection,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/correction/preview",
        preview_case_right,
        "What of a correction would leave, and to whom",
        SUBJECT,
        Listing[CorrectionPreview],
        right=Right.ESCALATE,
        hidden=unknown_case,
        body=CaseCorrection,
    ),
    ApiRoute(
        "POST",
        "/escalations/{id}/correct",
        put_copy_right,
        "Put one hub's copy right",
        SUBJECT,
        EscalationAnswer,
        right=Right.ESCALATE,
        hidden=_unknown,
        body=CopyCorrection,
    ),
    ApiRoute(
        "POST",
        "/escalations/{id}/correct/preview",
        preview_copy_right,
        "What would leave to put one hub's copy right",
        SUBJECT,
        CorrectionPreview,
        right=Right.ESCALATE,
        hidden=_unknown,
        body=CopyCorrection,
    ),
)
