"""From a case to another hub: who could help, what would leave, and the offer."""

from datetime import timedelta

from content.people.permissions import Right
from federation.escalation.copying import Edits
from federation.escalation.handing_on import hand_on
from federation.escalation.matching import match_case
from federation.escalation.offering import offer_case, preview_offer
from federation.escalation.recipients import recipients_of
from federation.escalation.scanning import Kept
from federation.escalation.several import Asking, offer_to_several
from node.api.cases import unknown_case
from node.api.escalations import SUBJECT, escalation_answer
from node.api.models.cases import (
    EditedCopy,
    FoundAnswer,
    MatchAnswer,
    MatchesAnswer,
    OfferBody,
    PreviewAnswer,
    SeveralBody,
    SideAnswer,
)
from node.api.models.common import Listing
from node.api.models.escalations import EscalationAnswer, RecipientAnswer
from node.api.routes import ApiRoute, Call, shaped


async def case_matches(call: Call) -> MatchesAnswer:
    """Return who could help with a case, and why."""
    now, rules = call.node.clock.now(), call.settings.matching
    found = await call.read_noted(
        lambda db: match_case(db, call.hub, call.path["id"], now, rules=rules),
        "case.match",
        call.path["id"],
    )
    return shaped(MatchesAnswer, found, items=[shaped(MatchAnswer, each) for each in found.items])


async def escalate_case(call: Call) -> EscalationAnswer:
    """Offer a case to another hub, sealed."""
    body: OfferBody = call.body
    act, case_id, edits = call.act(), call.path["id"], _edits(call, body)
    kept = [Kept(each.place, each.reason) for each in body.keep_found]
    return escalation_answer(
        await call.write(
            lambda db: (
                offer_case(
                    db, call.hub, case_id, body.to, act, edits, expect=body.expect, kept=kept
                )
                if body.instead_of is None
                else hand_on(
                    db,
                    call.hub,
                    body.instead_of,
                    body.to,
                    act,
                    edits,
                    case_id=case_id,
                    expect=body.expect,
                    kept=kept,
                )
            )
        ),
        act.at,
    )


async def ask_several(call: Call) -> Listing[EscalationAnswer]:
    """Offer a case to several hubs at once: every one of them, or none."""
    body: SeveralBody = call.body
    act, edits = call.act(), _edits(call, body)
    asked = [Asking(each.to, each.expect) for each in body.asked]
    kept = [Kept(each.place, each.reason) for each in body.keep_found]
    made = await call.write(
        lambda db: offer_to_several(db, call.hub, call.path["id"], asked, act, edits, kept=kept)
    )
    return Listing(items=[escalation_answer(each, act.at) for each in made], total=len(made))


async def preview_escalation(call: Call) -> PreviewAnswer:
    """Return exactly what would leave to another hub; nothing is sent."""
    body: OfferBody = call.body
    act = call.act()
    preview = await call.read_noted(
        lambda db: preview_offer(
            db,
            call.hub,
            call.path["id"],
            body.to,
            act,
            _edits(call, body),
        ),
        "case.preview",
        call.path["id"],
    )
    return shaped(
        PreviewAnswer,
        preview,
        canonical=preview.canonical.decode(),
        sides=[shaped(SideAnswer, side) for side in preview.sides],
        found=[shaped(FoundAnswer, each) for each in preview.found],
    )


def _edits(call: Call, body: EditedCopy) -> Edits:
    return Edits(
        due=body.due,
        attach=body.attach,
        attach_named=body.attach_named,
        title=body.title,
        question=body.question,
        context=body.context,
        jurisdiction=body.jurisdiction,
        leave_out=body.leave_out,
        onward=body.onward,
        delete_by=body.delete_by,
        ground=body.ground,
        ground_reason=body.ground_reason,
        kept_days=call.settings.periods.copy_days,
    )


async def case_recipients(call: Call) -> Listing[RecipientAnswer]:
    """Return which hubs got a copy of a case, of what, and whether it is gone there."""
    now, overdue = call.node.clock.now(), timedelta(days=call.settings.erasure_days)
    found = await call.read_noted(
        lambda db: recipients_of(db, call.hub, call.path["id"], now, overdue),
        "case.recipients",
        call.path["id"],
    )
    items = [shaped(RecipientAnswer, each, says=each.says) for each in found]
    return Listing(items=items, total=len(items))


ROUTES = (
    ApiRoute(
        "GET",
        "/cases/{id}/recipients",
        case_recipients,
        "Which hubs got a copy, and whether it is gone there",
        SUBJECT,
        Listing[RecipientAnswer],
        right=Right.CASES_READ,
        hidden=unknown_case,
    ),
    ApiRoute(
        "GET",
        "/cases/{id}/matches",
        case_matches,
        "Who could help, and why",
        SUBJECT,
        MatchesAnswer,
        right=Right.CASES_READ,
        hidden=unknown_case,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/escalations",
        escalate_case,
        "Offer the case to another hub",
        SUBJECT,
        EscalationAnswer,
        right=Right.ESCALATE,
        hidden=unknown_case,
        body=OfferBody,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/escalations/several",
        ask_several,
        "Offer the case to several hubs, all or none",
        SUBJECT,
        Listing[EscalationAnswer],
        right=Right.ESCALATE,
        hidden=unknown_case,
        body=SeveralBody,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/escalations/preview",
        preview_escalation,
        "What would leave, and nothing else",
        SUBJECT,
        PreviewAnswer,
        right=Right.ESCALATE,
        hidden=unknown_case,
        body=OfferBody,
    ),
)
