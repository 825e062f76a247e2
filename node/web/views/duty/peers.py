"""Peers: find a hub, compare fingerprints on the phone, approve; suspend, block, end a peering."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from federation.peers import TransferBasis
from node.api import peer_care, peers
from node.api.models.network import PeerAnswer, PeerLogAnswer
from node.web.duty_words import duty_told
from node.web.forms import PageForm, filled
from node.web.speaking import N_, ngettext
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SURE, SureForm
from node.web.steps import Choices, Input, Step, Subject, step_routes
from protocol.manifest import fingerprint

PATH: Final = "/duty/peers"
BASES: Final = {
    "adequacy": N_("An adequacy decision (GDPR Art. 45)"),
    "clauses": N_("Standard contractual clauses (GDPR Art. 46)"),
    "arrangement": N_("An arrangement between public bodies (GDPR Art. 46)"),
    "none": N_("There is none: no personal data may go there"),
}


class AgreementForm(PageForm):
    """What stands behind a peer."""

    agreement: Annotated[str, Field(max_length=2000)] = ""
    agreed_on: date | None = None
    transfer_basis: TransferBasis = ""


class FindForm(PageForm):
    """Where another hub is."""

    missing: ClassVar[Mapping[str, str]] = {"address": N_("Write the address of the hub.")}
    address: Annotated[str, Field(max_length=500)]


class ApproveForm(PageForm):
    """What people compared and agreed."""

    missing: ClassVar[Mapping[str, str]] = {
        "fingerprint": N_("Type the fingerprint that their people read to you.")
    }
    fingerprint: Annotated[str, Field(max_length=200)]
    agreement: Annotated[str, Field(max_length=2000)] = ""
    agreed_on: date | None = None
    transfer_basis: TransferBasis = ""


@staff_page(Right.PEERS_MANAGE)
async def peers_page(visit: Visit) -> web.Response:
    """GET and POST /duty/peers: the list, and finding another hub."""
    form = visit.form(FindForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            peer = await visit.ask(peers.find_peer, body={"address": form.value.address})
        except Exception as error:
            refuse(form, error, at="address")
        else:
            return visit.go(
                f"{PATH}/{peer.host}", _("Found. Nothing is sent to a hub before you approve it.")
            )
    found = await visit.ask(peers.list_peers)
    order = {"new": 0, "offered": 0, "active": 1}
    return visit.page(
        "duty/peers.html",
        section="duty",
        form=form,
        peers=sorted(found.items, key=lambda each: (order.get(each.state, 2), each.host)),
        own=visit.hub.identity,
        fingerprint=fingerprint(visit.hub.identity.g),
        say=duty_told,
    )


@staff_page(Right.PEERS_MANAGE)
async def peer_page(visit: Visit) -> web.Response:
    """GET /duty/peers/{host}."""
    peer = await _load(visit)
    log: PeerLogAnswer = await visit.ask(peer_care.show_peer_log, host=visit.path["host"])
    return visit.page(
        "duty/peer.html",
        section="duty",
        peer=peer,
        log=log,
        steps=[step for step in STEPS if step.slug in _possible(peer, log)],
        bases={value: _(label) for value, label in BASES.items()},
        fingerprint=fingerprint(visit.hub.identity.g),
        say=duty_told,
    )


@staff_page(Right.PEERS_MANAGE)
async def read_log(visit: Visit) -> web.Response:
    """POST /duty/peers/{host}/sync: read its log now, and say what came."""
    back = f"{PATH}/{visit.path['host']}"
    done = await visit.ask_here(peer_care.read_peer_log)
    if done.problem:
        visit.flash(
            _("Not complete; it is tried again by itself. %(why)s", why=done.problem), "note"
        )
        return visit.go(back)
    said = ngettext(
        "%(num)s new entry; its log is held up to number %(last)s.",
        "%(num)s new entries; its log is held up to number %(last)s.",
        done.entries,
    )
    return visit.go(back, said % {"num": done.entries, "last": done.seq})


async def _load(visit: Visit) -> PeerAnswer:
    found: PeerAnswer = await visit.ask(peers.show_peer, host=visit.path["host"])
    return found


def _possible(peer: PeerAnswer, log: PeerLogAnswer) -> set[str]:
    more = {"agreement"} if peer.g else set()
    if log.forked or log.shorter:
        more.add("settle")
    if peer.state in ("suspended", "blocked"):
        return more | {"resume", "remove"} | ({"block"} if peer.state == "suspended" else set())
    approved = peer.we_approved_at is not None
    return more | {"block", "remove"} | ({"suspend"} if approved else {"approve"})


def _bases(_subject: PeerAnswer) -> Choices:
    return tuple((value, _(label)) for value, label in BASES.items())


SUBJECT: Final = Subject(
    path="/duty/peers/{host}", section="duty", load=_load, named=lambda s: s.name
)
AGREEMENT: Final = (
    Input(
        kind="text",
        name="agreement",
        label=N_("The agreement behind it"),
        hint=N_("Such as a contract or a decision, in words."),
        rows=3,
    ),
    Input(kind="day", name="agreed_on", label=N_("Agreed on")),
    Input(
        kind="choose",
        name="transfer_basis",
        label=N_("If its country is outside the EU: on what transfers rest"),
        choices=lambda s: (("", _("Not needed, or not yet known")), *_bases(s)),
    ),
)
STEPS: Final = (
    Step(
        slug="approve",
        right=Right.PEERS_MANAGE,
        title=N_("Approve this hub"),
        intro=N_(
            "Call its people on a number that you know. Let them read their fingerprint, and type"
            " what you hear, not what you see here. Cases can go between both hubs once they have"
            " approved too."
        ),
        button=N_("Approve it"),
        done=N_("Approved. It becomes an active peer once its people approve this hub too."),
        form=ApproveForm,
        handler=peers.approve,
        inputs=(
            Input(
                kind="line",
                name="fingerprint",
                label=N_("Fingerprint that they read to you"),
                required=True,
            ),
            *AGREEMENT,
        ),
        body=lambda f: f.model_dump(mode="json"),
        at="fingerprint",
    ),
    Step(
        slug="agreement",
        right=Right.PEERS_MANAGE,
        title=N_("Note what stands behind it"),
        intro=N_(
            "Each hub answers for its data itself, so there is a paper between you. To a country"
            " outside of the EEA personal data goes only on a ground that is noted here."
        ),
        button=N_("Note it"),
        done=N_("Noted. It stands in the register of processing."),
        form=AgreementForm,
        handler=peer_care.note_peer_agreement,
        inputs=AGREEMENT,
        start=lambda s: {
            "agreement": s.agreement,
            "agreed_on": s.agreed_on,
            "transfer_basis": s.transfer_basis,
        },
        body=lambda f: f.model_dump(mode="json"),
        at="agreement",
    ),
    Step(
        slug="settle",
        right=Right.PEERS_MANAGE,
        title=N_("End the freeze of its log"),
        intro=N_(
            "Only once its people said what happened. Our copy of its log is dropped and read anew"
            " from the hub, so what it says now counts. The evidence is kept."
        ),
        button=N_("End the freeze"),
        done=N_("Its log is read anew."),
        form=SureForm,
        handler=peer_care.settle_peer_log,
        inputs=(SURE,),
        body=lambda _f: None,
        danger=True,
    ),
    Step(
        slug="suspend",
        right=Right.PEERS_MANAGE,
        title=N_("Stop for a while"),
        intro=N_("What is due to it waits here. You can go on at any time."),
        button=N_("Stop for a while"),
        done=N_("Suspended. You can go on from the page of the hub."),
        form=PageForm,
        handler=peers.suspend,
        inputs=(),
        body=lambda _f: None,
    ),
    Step(
        slug="resume",
        right=Right.PEERS_MANAGE,
        title=N_("Go on with this hub"),
        button=N_("Go on"),
        done=N_("It goes on as before."),
        form=PageForm,
        handler=peers.resume,
        inputs=(),
        body=lambda _f: None,
    ),
    Step(
        slug="block",
        right=Right.PEERS_MANAGE,
        title=N_("Block this hub"),
        intro=N_("Nothing is taken from it and nothing is sent to it, until you let it in again."),
        button=N_("Block it"),
        done=N_("Blocked. You can go on with it from its page."),
        form=SureForm,
        handler=peers.block,
        inputs=(SURE,),
        body=lambda _f: None,
        danger=True,
    ),
    Step(
        slug="remove",
        right=Right.PEERS_MANAGE,
        title=N_("End the peering"),
        intro=N_(
            "Open escalations with it end. What it published stays readable here. To be peers"
            " again, people on both sides approve anew."
        ),
        button=N_("End it"),
        done=N_("The peering is ended."),
        form=SureForm,
        handler=peers.remove,
        inputs=(SURE,),
        body=lambda _f: None,
        danger=True,
    ),
)


def routes() -> list[web.RouteDef]:
    """Return the pages of peers, and of all steps."""
    return [
        web.get(PATH, peers_page),
        web.post(PATH, peers_page),
        web.get("/duty/peers/{host}", peer_page),
        web.post("/duty/peers/{host}/sync", read_log),
        *step_routes(SUBJECT, STEPS),
    ]
