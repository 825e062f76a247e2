"""How long things take and are kept at this hub, as pages tell it: from the settings alone."""

from dataclasses import dataclass

from aiohttp import web

from node.app_keys import SETTINGS


@dataclass(frozen=True, slots=True)
class Times:
    """
    Days until an answer, 0 where the hub promises none, and how long what is kept.

    answer_days count from when somebody has looked at the request.
    """

    answer_days: int
    urgent_days: int
    case_months: int
    attachments_months: int
    copy_days: int
    access_months: int
    delivery_days: int
    erasure_days: int


def times_of(request: web.Request) -> Times:
    """Return the times of this hub."""
    settings = request.app[SETTINGS]
    periods = settings.periods
    return Times(
        answer_days=settings.answer_days,
        urgent_days=settings.answer_days_urgent,
        case_months=periods.case_months,
        attachments_months=periods.attachments_months,
        copy_days=periods.copy_days,
        access_months=periods.access_months,
        delivery_days=periods.delivery_days,
        erasure_days=settings.erasure_days,
    )
