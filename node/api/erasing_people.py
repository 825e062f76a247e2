"""Erasing what is held about a person (GDPR Art. 17): what it would come to, and doing it."""

from content.people.permissions import Right
from federation.law.erasing import Erasure
from federation.law.subject_erase import Stays, erase_subject, preview_erasure
from node.api.law import SUBJECT, person_meant
from node.api.models.law import (
    CaseErasedAnswer,
    CopyErasedAnswer,
    ErasingAnswer,
    HubToldAnswer,
    PersonErasedAnswer,
    SoughtBody,
    StaysAnswer,
)
from node.api.routes import ApiRoute, Call, shaped
from node.refusals import NotHeld


async def preview_erasing(call: Call) -> ErasingAnswer:
    """Return what would go, what would stay and why, and which hubs are told; nothing is done."""
    subject, act = await person_meant(call), call.act()
    preview = await call.read(lambda db: preview_erasure(db, call.hub, subject, act))
    return ErasingAnswer(
        cases=list(preview.cases),
        experts=list(preview.experts),
        mails=list(preview.mails),
        stays=_staying(preview.stays),
        hubs=[HubToldAnswer(host=host, what=what) for host, what in preview.hubs],
    )


async def erase_person(call: Call) -> PersonErasedAnswer:
    """
    Erase what is held about a person, and tell the hubs that got something of it.

    Make sure first that it is them who ask, and look at the preview. It cannot be undone.
    """
    subject, act = await person_meant(call), call.act()
    if subject.empty:
        raise NotHeld
    done = await erase_subject(call.node, subject, act)
    return PersonErasedAnswer(
        cases=[_case(each) for each in done.cases],
        experts=list(done.experts),
        mails=list(done.mails),
        stays=_staying(done.stays),
    )


def _staying(stays: tuple[Stays, ...]) -> list[StaysAnswer]:
    return [shaped(StaysAnswer, each) for each in stays]


def _case(erasure: Erasure) -> CaseErasedAnswer:
    return CaseErasedAnswer(
        case_id=erasure.tombstone.id,
        taken_back=[shaped(CopyErasedAnswer, each) for each in erasure.taken_back],
        to_tell=[shaped(CopyErasedAnswer, each) for each in erasure.to_tell],
        under_way=erasure.under_way,
    )


ROUTES = (
    ApiRoute(
        "POST",
        "/subjects/erase/preview",
        preview_erasing,
        "What erasing a person would come to",
        SUBJECT,
        ErasingAnswer,
        right=Right.OPERATE,
        body=SoughtBody,
    ),
    ApiRoute(
        "POST",
        "/subjects/erase",
        erase_person,
        "Erase what is held about a person",
        SUBJECT,
        PersonErasedAnswer,
        right=Right.OPERATE,
        body=SoughtBody,
    ),
)
