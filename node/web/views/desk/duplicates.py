"""The same document twice: found, compared side by side, merged, kept apart, parted again."""

from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from content.resources.record import ResourceRecord
from node.api import catalogue, duplicates
from node.api.models.common import PageQuery
from node.api.models.duplicates import OriginAnswer
from node.api.routes import Query
from node.web.addresses import record_path, search_path
from node.web.forms import PageForm, filled
from node.web.parameters import read_parameters, read_query
from node.web.record_words import FIELDS, field_lines, field_name
from node.web.said import Said, said_best, said_by_itself
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm
from protocol.ids import host_of, ref_of

PATH: Final = "/desk/catalogue/duplicates"
WHY: Final = {
    "address": N_("the same address"),
    "doi": N_("the same DOI"),
    "law": N_("the same number in law"),
    "title": N_("the same title, publisher and year"),
}
Address = Annotated[str, Field(min_length=1, max_length=2048)]


class Pair(Query):
    """Two records by their addresses."""

    one: Address
    other: Address


class Part(Query):
    """The record that was merged into another one."""

    merged: Address


class PairForm(PageForm):
    """What becomes of the two. kept: the address of the one that stays. do: merge, or apart."""

    missing: ClassVar[Mapping[str, str]] = {"kept": N_("Choose which one stays.")}
    kept: str
    do: Literal["merge", "apart"] = "merge"


@staff_page(Right.CATALOGUE_EDIT)
async def duplicates_page(visit: Visit) -> web.Response:
    """GET /desk/catalogue/duplicates: groups to look at, and merges that can be undone."""
    asked = read_parameters(visit.request, PageQuery)
    query: dict[str, Any] = {"limit": 20}
    if asked.cursor:
        query["cursor"] = asked.cursor
    found = await visit.ask(duplicates.list_duplicates, query=query)
    merged = await visit.ask(duplicates.list_merged)
    return visit.page(
        "desk/duplicates.html",
        section="catalogue",
        groups=[
            (
                each,
                [_(WHY[why]) for why in each.why],
                [
                    (origin, _page_of(visit, origin.url), await _title(visit, origin))
                    for origin in each.records
                ],
                [
                    (one.url, other.url, _pair_path(one.url, other.url))
                    for one, other in combinations(each.records, 2)
                ],
            )
            for each in found.items
        ],
        total=found.total,
        next=search_path(PATH, {"cursor": found.next}) if found.next else None,
        merged=[
            (
                each,
                _page_of(visit, each.kept),
                said_best(each.title, each.language),
                f"{PATH}/part?{urlencode({'merged': each.other})}",
            )
            for each in merged.items
        ],
    )


@staff_page(Right.CATALOGUE_EDIT)
async def pair_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/duplicates/pair?one=&other=: side by side, and what to do."""
    pair = read_query(visit.request, Pair)
    one, other = await _record(visit, pair.one), await _record(visit, pair.other)
    here = visit.hub.identity.host
    first = pair.one if host_of(pair.one) == here else pair.other
    form = visit.form(PairForm) if visit.sent else filled(kept=first)
    if visit.sent and not form.mistakes:
        try:
            done = await _decide(visit, pair, form.value)
        except Exception as error:
            refuse(form, error)
        else:
            return visit.go(PATH, done)
    sides = [
        (
            field_name(name),
            field_lines(name, getattr(one, name)),
            field_lines(name, getattr(other, name)),
        )
        for name in FIELDS
        if getattr(one, name) != getattr(other, name) and name not in ("source", "source_id")
    ]
    return visit.page(
        "desk/duplicate_pair.html",
        section="catalogue",
        form=form,
        pair=pair,
        titles=(_best(one), _best(other)),
        pages=(_page_of(visit, pair.one), _page_of(visit, pair.other)),
        hosts=(host_of(pair.one), host_of(pair.other)),
        both_ours=host_of(pair.one) == here == host_of(pair.other),
        here=here,
        sides=sides,
    )


@staff_page(Right.CATALOGUE_EDIT)
async def part_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/duplicates/part?merged=: undo a merge."""
    named = read_query(visit.request, Part).merged
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            await visit.ask(duplicates.unmerge_record, body={"merged": named})
        except Exception as error:
            refuse(form, error)
        else:
            return visit.go(PATH, _("They are two records again."))
    return visit.page(
        "desk/duplicate_part.html",
        section="catalogue",
        form=form,
        named=named,
        is_ours=host_of(named) == visit.hub.identity.host,
    )


async def _decide(visit: Visit, pair: Pair, wanted: PairForm) -> str:
    if wanted.do == "apart":
        body = {"one": pair.one, "other": pair.other}
        await visit.ask(duplicates.keep_records_apart, body=body)
        return _("They are kept apart from now on.")
    other = pair.other if wanted.kept == pair.one else pair.one
    done = await visit.ask(duplicates.merge_records, body={"kept": wanted.kept, "other": other})
    if done.how == "merged":
        return _("Merged: one record, and the address of the other leads to it.")
    return _("Joined: one hit in our lists, with both origins.")


async def _record(visit: Visit, address: str) -> ResourceRecord:
    """Return the record of ours or of another hub that has this address."""
    host, ref = host_of(address), ref_of(address) or ""
    if host == visit.hub.identity.host:
        found = await visit.ask(catalogue.show_resource, ulid=ref)
    else:
        found = await visit.ask(catalogue.show_held_resource, host=host, ulid=ref)
    record: ResourceRecord = found.record
    return record


async def _title(visit: Visit, origin: OriginAnswer) -> Said:
    return _best(await _record(visit, origin.url))


def _best(record: ResourceRecord) -> Said:
    return said_best(record.title, record.language) or said_by_itself("–")


def _page_of(visit: Visit, address: str) -> str:
    ref, host = ref_of(address), host_of(address)
    own = host == visit.hub.identity.host
    return address if ref is None else record_path("resources", own, host, ref)


def _pair_path(one: str, other: str) -> str:
    return f"{PATH}/pair?{urlencode({'one': one, 'other': other})}"


ROUTES = [
    web.get(PATH, duplicates_page),
    web.get("/desk/catalogue/duplicates/pair", pair_page),
    web.post("/desk/catalogue/duplicates/pair", pair_page),
    web.get("/desk/catalogue/duplicates/part", part_page),
    web.post("/desk/catalogue/duplicates/part", part_page),
]
