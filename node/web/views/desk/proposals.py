"""Proposals: corrections that are suggested to us, and that we suggest to other hubs."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from node.api import proposals as api
from node.api.models.common import PageQuery
from node.api.models.proposals import ProposalAnswer
from node.refusals import BadBody
from node.web.addresses import record_path, search_path
from node.web.forms import Filled, PageForm, filled
from node.web.parameters import read_parameters
from node.web.record_words import field_lines, field_name
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import ReasonForm
from protocol.ids import host_of, is_url, ref_of

LIST: Final = "/desk/proposals"
PROPOSED: Final = {
    "url": N_("Address of the document"),
    "title": N_("Title"),
    "summary": N_("What it is good for"),
    "publisher": N_("Publisher"),
    "year": N_("Year"),
    "licence": N_("Licence"),
    "city": N_("City"),
}
STATES: Final = {
    "waiting": N_("It waits for a decision"),
    "accepted": N_("Accepted"),
    "declined": N_("Declined"),
    "withdrawn": N_("Withdrawn"),
    "gone": N_("The record is gone"),
}


class ListQuery(PageQuery):
    """show: waiting ones, or all."""

    show: Literal["waiting", "all"] = "waiting"


class ProposeForm(PageForm):
    """A correction of somebody else's record. address: of the record, as its page has it."""

    missing: ClassVar[Mapping[str, str]] = {
        "address": N_("Paste the address of the record."),
        "name": N_("Choose what is wrong."),
        "reason": N_("Say how you know, in a sentence."),
    }
    address: Annotated[str, Field(max_length=2048)]
    name: str
    value: Annotated[str, Field(max_length=4000)] = ""
    reason: Annotated[str, Field(max_length=4000)]


class AcceptForm(PageForm):
    """How a proposal is taken."""

    credit: bool = False
    anyway: bool = False


@staff_page(Right.CATALOGUE_EDIT)
async def proposals_page(visit: Visit) -> web.Response:
    """GET /desk/proposals: in, out and our own, newest first; those that wait, or all."""
    asked = read_parameters(visit.request, ListQuery)
    query: dict[str, Any] = {"limit": asked.limit}
    if asked.show != "all":
        query["state"] = "waiting"
    if asked.cursor:
        query["cursor"] = asked.cursor
    found = await visit.ask(api.list_proposals, query=query)
    chosen = {"show": asked.show}
    return visit.page(
        "desk/proposals.html",
        section="catalogue",
        show=asked.show,
        proposals=[
            (each, _page_of(visit, each.resource), [field_name(name) for name in each.changes])
            for each in found.items
        ],
        states={state: _(text) for state, text in STATES.items()},
        next=search_path(LIST, {**chosen, "cursor": found.next}) if found.next else None,
    )


@staff_page(Right.CATALOGUE_EDIT)
async def withdraw_page(visit: Visit) -> web.Response:
    """POST /desk/proposals/{id}/withdraw: take back what we proposed."""
    form = filled()
    try:
        await visit.ask_here(api.take_proposal_back)
    except Exception as error:
        refuse(form, error)
        return await _proposal(visit, form)
    return visit.go(LIST, _("Withdrawn, and they are told."))


@staff_page(Right.CATALOGUE_EDIT)
async def proposal_page(visit: Visit) -> web.Response:
    """GET /desk/proposals/{id}: what another hub, or somebody here, would change, side by side."""
    return await _proposal(visit, filled())


@staff_page(Right.CATALOGUE_EDIT)
async def accept_proposal(visit: Visit) -> web.Response:
    """POST /desk/proposals/{id}/accept."""
    form = visit.form(AcceptForm)
    body = {"credit": form.first("credit") == "yes", "anyway": form.first("anyway") == "yes"}
    try:
        await visit.ask_here(api.take_proposal, body=body)
    except Exception as error:
        refuse(form, error)
        return await _proposal(visit, form)
    return visit.go(LIST, _("Accepted: the record is changed everywhere, and they are told."))


@staff_page(Right.CATALOGUE_EDIT)
async def decline_proposal(visit: Visit) -> web.Response:
    """POST /desk/proposals/{id}/decline."""
    form = visit.form(ReasonForm)
    if form.mistakes:
        return await _proposal(visit, form)
    try:
        await visit.ask_here(api.refuse_proposal, body={"reason": form.value.reason})
    except Exception as error:
        refuse(form, error, at="reason")
        return await _proposal(visit, form)
    return visit.go(LIST, _("Declined, and they are told why."))


@staff_page(Right.CATALOGUE_EDIT)
async def propose_page(visit: Visit) -> web.Response:
    """GET and POST /desk/propose: suggest a correction to the hub that made a record."""
    address = visit.request.query.get("address", "")
    form = visit.form(ProposeForm) if visit.sent else filled(address=address)
    if visit.sent and not form.mistakes:
        wanted = form.value
        try:
            made = await _propose(visit, wanted)
        except Exception as error:
            refuse(form, error, at="address" if wanted.name else "name")
        else:
            return visit.go(
                f"/desk/proposals/{made.id}", _("It is on its way. The people of that hub decide.")
            )
    return visit.page(
        "desk/propose.html",
        section="catalogue",
        form=form,
        names=[(name, _(label)) for name, label in PROPOSED.items()],
    )


async def _propose(visit: Visit, wanted: ProposeForm) -> Any:
    if not is_url(wanted.address) or (ref := ref_of(wanted.address)) is None:
        raise BadBody((("address", _("This is no address of a record of a hub.")),))
    value: Any = wanted.value or None
    if wanted.name in ("title", "summary") and value is not None:
        value = {spoken().tag: value}
    elif wanted.name == "year" and value is not None and value.isdecimal():
        value = int(value)
    body = {"changes": {wanted.name: value}, "reason": wanted.reason}
    host = host_of(wanted.address)
    if host == visit.hub.identity.host:
        return await visit.ask(api.propose_for_own, body=body, ulid=ref)
    return await visit.ask(api.propose_for_held, body=body, host=host, ulid=ref)


async def _proposal(visit: Visit, form: Filled[Any]) -> web.Response:
    shown: ProposalAnswer = await visit.ask_here(api.show_proposal)
    before = shown.before or {}
    return visit.page(
        "desk/proposal.html",
        section="catalogue",
        proposal=shown,
        record=_page_of(visit, shown.resource),
        sides=[
            (field_name(name), field_lines(name, before.get(name)), field_lines(name, value))
            for name, value in shown.changes.items()
        ],
        state=_(STATES[shown.state]),
        form=form,
    )


def _page_of(visit: Visit, address: str) -> str:
    """Return the page here of a record by its address."""
    ref, host = ref_of(address), host_of(address)
    own = host == visit.hub.identity.host
    return address if ref is None else record_path("resources", own, host, ref)


ROUTES = [
    web.get(LIST, proposals_page),
    web.get("/desk/propose", propose_page),
    web.post("/desk/propose", propose_page),
    web.get("/desk/proposals/{id}", proposal_page),
    web.post("/desk/proposals/{id}/accept", accept_proposal),
    web.post("/desk/proposals/{id}/decline", decline_proposal),
    web.post("/desk/proposals/{id}/withdraw", withdraw_page),
]
