"""
Asking for help without an account: a first page, a form, what was typed once more, and sending.

Nothing is stored before it is sent: the draft is in the form that the browser sends on each step.
A personal matter is led to those who can help before anybody has written much, and not kept.
"""

from typing import Any, Final

from aiohttp import web

from content.cases.dates import day_of
from content.cases.receipt_store import FilingDiffers
from content.changes import Act
from content.hubs import HubDirectory
from content.redress import EU, RedressBody, RedressStore
from content.vocabulary import Vocabulary
from federation.requesters import REQUESTER
from federation.taking_in import take_in
from node.api.requests import file_request
from node.app_keys import LIMITER, NODE, SENT, SETTINGS
from node.limits import FILINGS_PER_ADDRESS
from node.refusals import BadParameter
from node.uploads import FORM
from node.web import words
from node.web.addresses import search_path
from node.web.draft import FRAMEWORK, Draft, choices, hosts_offered, new_draft, new_key, read_draft
from node.web.form_files import SentForm, read_sent_form
from node.web.pages import private, render
from node.web.same_site import check_origin
from node.web.sent import Sent
from node.web.speaking import spoken
from node.web.times import times_of

SECTION: Final = "ask"


async def ask_page(request: web.Request) -> web.Response:
    """GET /ask: what this hub helps with, and the ways on. topic: of the page one came from."""
    known = Vocabulary.load().ids("topics")
    topics = tuple(topic for topic in request.query.getall("topic", ()) if topic in known)
    context = {
        "section": SECTION,
        "form": search_path("/ask/request", {"topic": topics[0] if topics else None}),
        "times": times_of(request),
    }
    return render(request, "ask.html", context)


async def elsewhere_page(request: web.Request) -> web.Response:
    """GET /ask/elsewhere: who helps with a personal matter, by country."""
    country = request.query.get("country") or request.app[NODE].hub.identity.country
    if country not in dict(words.countries()):
        raise BadParameter("country", "must be one of the list.")
    bodies = await _bodies(request, country, ())
    return _elsewhere(request, country, bodies, redirected=False)


async def request_page(request: web.Request) -> web.Response:
    """GET /ask/request: the empty form. A coalition node answers nothing itself."""
    identity = request.app[NODE].hub.identity
    if identity.kind == "coalition":
        return await ask_page(request)
    topics = tuple(request.query.getall("topic", ()))
    draft = new_draft(
        key=new_key(request.app[NODE].hub.chance),
        language=spoken().tag,
        country=identity.country,
        topics=topics,
    )
    return await _form(request, draft)


async def take_request(request: web.Request) -> web.Response:
    """POST /ask/request: look at it once more, change it, or send it."""
    check_origin(request, request.app[SETTINGS].origin)
    if request.app[NODE].hub.identity.kind == "coalition":
        return await ask_page(request)
    sends = request.content_type.lower() == FORM
    if sends:
        # Before files are read: this is what strangers could fill the memory with.
        limiter = request.app[LIMITER]
        limiter.check(FILINGS_PER_ADDRESS, file_request.__name__, request)
    form = await read_sent_form(request)
    draft, step = read_draft(form, request.app[NODE].hub.chance), form.one("step")
    if step not in ("", "edit") and draft.is_personal:
        country = draft.one["country"]
        return await _redirected(request, country, draft.many["topics"])
    if step == "preview":
        return await _preview(request, draft)
    if step == "send" and sends:
        return await _send(request, draft, form)
    return await _form(request, draft)


async def _send(request: web.Request, draft: Draft, form: SentForm) -> web.Response:
    node, now = request.app[NODE], request.app[NODE].clock.now()
    content, wrong = draft.read(day_of(now, node.hub.identity.timezone))
    if content is None:
        return await _form(request, draft, wrong)
    act = Act(REQUESTER, now)
    try:
        taken = await node.database.write(
            lambda db: take_in(
                db, node.hub, content, act, files=form.files, idempotency_key=draft.key
            )
        )
    except FilingDiffers:
        return await _preview(request, draft, refused="filed-before")
    node.bell.ring()
    sent = Sent(taken.code, taken.receipt, taken.kept, urgent=content.urgency == "urgency-high")
    address = request.app[LIMITER].address_of(request)
    handle = request.app[SENT].put(sent, address, now, node.hub.chance)
    return web.Response(status=303, headers={"Location": f"/ask/sent/{handle}"})


async def _form(request: web.Request, draft: Draft, wrong: tuple[str, ...] = ()) -> web.Response:
    identity = request.app[NODE].hub.identity
    vocabulary = Vocabulary.load()
    hubs = await request.app[NODE].database.read_public(
        lambda db: [each for each in HubDirectory(db).list() if each.kind == "hub"]
    )
    hosts = hosts_offered(tuple(each.host for each in hubs))
    topics = vocabulary.scheme("topics").concepts
    context = {
        "section": SECTION,
        "draft": draft,
        "wrong": wrong,
        "choices": choices(),
        "topics": [
            (wide.id, [each.id for each in topics if each.broader == wide.id])
            for wide in topics
            if wide.broader is None
        ],
        "pillars": [(ids[0], ids[1:]) for ids in map(vocabulary.ids, FRAMEWORK)],
        "hubs": [each for each in hubs if each.host in hosts],
        "languages": words.languages(draft.one["language"] or identity.language),
        "countries": words.countries(),
        "today": day_of(request.app[NODE].clock.now(), identity.timezone).isoformat(),
        "times": times_of(request),
    }
    return private(render(request, "ask_request.html", context, status=422 if wrong else 200))


async def _preview(request: web.Request, draft: Draft, refused: str = "") -> web.Response:
    node = request.app[NODE]
    today = day_of(node.clock.now(), node.hub.identity.timezone)
    content, wrong = draft.read(today)
    if content is None:
        return await _form(request, draft, wrong)
    names = await node.database.read_public(
        lambda db: {each.host: each.name for each in HubDirectory(db).list()}
    )
    context = {
        "section": SECTION,
        "draft": draft,
        "content": content,
        "traces": [each.value for each in draft.traces()],
        "hub_names": [names.get(host, host) for host in content.consents.escalate_to],
        "refused": refused,
        "times": times_of(request),
    }
    return private(render(request, "ask_preview.html", context, status=409 if refused else 200))


async def _redirected(request: web.Request, country: str, topics: tuple[str, ...]) -> web.Response:
    if country not in dict(words.countries()):
        country = request.app[NODE].hub.identity.country
    known = tuple(topic for topic in topics if topic in Vocabulary.load().ids("topics"))
    bodies = await _bodies(request, country, known)
    return private(_elsewhere(request, country, bodies, redirected=True))


async def _bodies(
    request: web.Request, country: str, topics: tuple[str, ...]
) -> tuple[RedressBody, ...]:
    return await request.app[NODE].database.read_public(
        lambda db: RedressStore(db).find(country, topics)
    )


def _elsewhere(
    request: web.Request, country: str, bodies: tuple[RedressBody, ...], *, redirected: bool
) -> web.Response:
    context: dict[str, Any] = {
        "section": SECTION,
        "country": country,
        "countries": words.countries(),
        "bodies": [each for each in bodies if each.country != EU],
        "union": [each for each in bodies if each.country == EU],
        "redirected": redirected,
    }
    return render(request, "ask_elsewhere.html", context)
