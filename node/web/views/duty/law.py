"""What the law asks: the calendar of retention, erasures and receipts, the audit."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from node.api import law, operating
from node.api.models.audit import AuditQuery
from node.api.models.law import RetentionItemAnswer
from node.web.addresses import search_path
from node.web.duty_words import duty_told, erased, kept, month
from node.web.forms import PageForm, filled
from node.web.parameters import chosen_of, read_parameters
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.views.desk.people import names_of_people

RETENTION: Final = "/duty/retention"
ERASURES: Final = "/duty/erasures"
AUDIT: Final = "/duty/audit"
DAYS_AHEAD: Final = 365


class SettleForm(PageForm):
    """For which hub no receipt is waited for any more, and how it is known."""

    host: Annotated[str, Field(max_length=300)]
    note: Annotated[str, Field(max_length=400)]


@staff_page(Right.OPERATE)
async def retention_page(visit: Visit) -> web.Response:
    """GET /duty/retention: what goes when, for a year ahead, and which hold stops it."""
    found = await visit.ask(law.preview_retention, query={"days": DAYS_AHEAD})
    return visit.page(
        "duty/retention.html",
        section="duty",
        months=_by_month(found.items),
        periods=visit.settings.periods,
        kept=kept,
        say=duty_told,
    )


def _by_month(
    items: Sequence[RetentionItemAnswer],
) -> list[tuple[str, list[RetentionItemAnswer]]]:
    """Return what goes, month by month."""
    ordered = sorted(items, key=lambda each: each.day)
    months = groupby(ordered, key=lambda each: each.day.replace(day=1))
    return [(month(first), list(group)) for first, group in months]


@staff_page(Right.OPERATE)
async def erasures_page(visit: Visit) -> web.Response:
    """GET /duty/erasures: receipts that are missing stand out."""
    cursor = visit.request.query.get("cursor")
    query = {"limit": 50, **({"cursor": cursor} if cursor else {})}
    found = await visit.ask(operating.list_erasures, query=query)
    return visit.page(
        "duty/erasures.html",
        section="duty",
        erasures=found.items,
        erased=erased,
        next=search_path(ERASURES, {"cursor": found.next}) if found.next else None,
    )


@staff_page(Right.OPERATE)
async def erasure_page(visit: Visit) -> web.Response:
    """GET and POST /duty/erasures/{ulid}: hub by hub; settling one that will never answer."""
    form: Any = visit.form(SettleForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        body = {"host": form.value.host, "note": form.value.note}
        try:
            await visit.ask_here(operating.settle_erasure_of, body=body)
        except Exception as error:
            refuse(form, error, at="note")
        else:
            path = f"{ERASURES}/{visit.path['ulid']}"
            return visit.go(path, _("No receipt of that hub is waited for any more."))
    erasure = await visit.ask_here(operating.show_erasure)
    return visit.page(
        "duty/erasure.html", section="duty", erasure=erasure, erased=erased, form=form
    )


@staff_page(Right.OPERATE)
async def audit_page(visit: Visit) -> web.Response:
    """GET /duty/audit: who did and who read what, newest first."""
    asked = read_parameters(visit.request, AuditQuery)
    chosen = chosen_of(asked, "kind", "subject", "by")
    query = {name: value for name, value in chosen.items() if value}
    if asked.cursor:
        query["cursor"] = asked.cursor
    found = await visit.ask(operating.list_audit_rows, query={**query, "limit": 50})
    return visit.page(
        "duty/audit.html",
        section="duty",
        rows=found.items,
        asked=asked,
        next=search_path(AUDIT, {**chosen, "cursor": found.next}) if found.next else None,
        names=await visit.read(names_of_people),
        check=None,
    )


@staff_page(Right.OPERATE)
async def verify_audit(visit: Visit) -> web.Response:
    """POST /duty/audit/verify: check every row, and show what came of it."""
    check = await visit.ask(operating.verify_audit)
    found = await visit.ask(operating.list_audit_rows, query={"limit": 50})
    return visit.page(
        "duty/audit.html",
        section="duty",
        rows=found.items,
        asked=AuditQuery(),
        next=search_path(AUDIT, {"cursor": found.next}) if found.next else None,
        names=await visit.read(names_of_people),
        check=check,
    )


ROUTES = [
    web.get(RETENTION, retention_page),
    web.get(ERASURES, erasures_page),
    web.get("/duty/erasures/{ulid}", erasure_page),
    web.post("/duty/erasures/{ulid}", erasure_page),
    web.get(AUDIT, audit_page),
    web.post("/duty/audit/verify", verify_audit),
]
