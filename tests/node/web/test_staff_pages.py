"""What a page of the staff is given: a page as docs/pages.md shows it, on the real application."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import ClassVar

import aiohttp_jinja2
import jinja2
import pytest
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict, MultiDictProxy

from content.audit import list_audit
from content.people.permissions import Right, Role, rights_of
from node.api.cases import note_on_case, show_case
from node.api.operating import list_notices
from node.app import build_app
from node.refusals import BadBody
from node.web.forms import PageForm, Sure, fill, filled
from node.web.navigation import PLACES
from node.web.staff import Visit, refuse, staff_page
from tests.node.browsing import signed_in
from tests.node.conftest import ServedHub
from tests.node.test_api_access import CASE, UNKNOWN

TEMPLATE = """{% extends "staff.html" %}
{% from "parts/forms.html" import token, summary, area, field, pick, sure with context %}
{% block title %}A note{% endblock %}
{% block main %}
<h1>{{ case.title }}</h1>
{{ summary() }}
<form method="post">{{ token() }}{{ area("text", "What?") }}{{ field("day", "When?") }}
{{ pick("topics", "About", [("a", "A"), ("b", "B")], type="checkbox") }}{{ sure("Yes") }}</form>
{% endblock %}"""


class NoteForm(PageForm):
    """The form of the page under test."""

    missing: ClassVar = {"text": "Write the note."}

    text: str
    sure: Sure
    day: date | None = None
    topics: tuple[str, ...] = ()


@staff_page(Right.CASES_ASSIGNED)
async def note_page(visit: Visit) -> web.Response:
    case = await visit.ask(show_case, id=visit.path["id"])
    form = visit.form(NoteForm) if visit.sent else filled(topics=["b"])
    if visit.sent and not form.mistakes:
        try:
            await visit.ask(note_on_case, body={"text": form.value.text}, id=case.id)
        except BadBody as error:
            refuse(form, error)
        else:
            return visit.go(f"/test/{case.id}", "Your note is with the case.")
    return visit.page("note.html", section="cases", case=case, form=form)


@staff_page(Right.CASES_WORK)
async def closed_page(visit: Visit) -> web.Response:
    """Calls what its own right is not enough for."""
    await visit.ask(list_notices)
    return web.Response()


@pytest.fixture
async def hub(served: ServedHub) -> AsyncIterator[ServedHub]:
    """The hub, with the pages above."""
    app = build_app(served.node, served.settings, served.home)
    environment = aiohttp_jinja2.get_env(app)
    assert environment.loader is not None
    ours = jinja2.DictLoader({"note.html": TEMPLATE})
    environment.loader = jinja2.ChoiceLoader([ours, environment.loader])
    app.add_routes(
        [
            web.get("/test", closed_page),
            web.get("/test/{id}", note_page),
            web.post("/test/{id}", note_page),
        ]
    )
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        yield replace(served, client=client)


@pytest.fixture
async def case(hub: ServedHub) -> str:
    return str((await hub.post("/api/v1/cases", CASE)).json["id"])


async def test_a_page_asks_the_api_as_the_person_and_the_reading_is_on_record(
    hub: ServedHub, case: str
) -> None:
    browser = await signed_in(hub, "caseworker")

    page = await browser.get(f"/test/{case}")

    assert page.status == 200
    assert CASE["title"].encode() in page.body
    (row,) = await hub.node.database.read(lambda db: list_audit(db, kind="access"))
    assert (row.by, row.what, row.subject, row.note) == ("caseworker", "case.read", case, "page")


@pytest.mark.parametrize("role", ["reader", "expert"])
async def test_a_case_that_is_not_theirs_looks_like_none(
    hub: ServedHub, case: str, role: str
) -> None:
    browser = await signed_in(hub, role)

    real = await browser.get(f"/test/{case}")
    absent = await browser.get(f"/test/{UNKNOWN}")

    assert (real.status, real.body) == (404, absent.body)
    assert await hub.node.database.read(lambda db: list_audit(db, kind="access")) == ()


async def test_a_form_with_mistakes_comes_back_with_what_was_typed(
    hub: ServedHub, case: str
) -> None:
    browser = await signed_in(hub, "caseworker")

    answer = await browser.post(
        f"/test/{case}", text="<b>Look & see</b>", day="tomorrow", topics="a"
    )

    text = answer.body.decode()
    assert answer.status == 422
    assert "2 things to mend" in text
    assert '<a href="#sure">Tick the box if you really want this.</a>' in text
    assert '<a href="#day">Write a day as YYYY-MM-DD.</a>' in text
    assert "&lt;b&gt;Look &amp; see&lt;/b&gt;" in text
    assert 'value="tomorrow" aria-invalid="true" aria-describedby="day-mistake"' in text
    assert 'value="a" checked' in text
    assert 'value="b" checked' not in text


async def test_what_the_domain_refuses_stands_at_its_field(hub: ServedHub, case: str) -> None:
    browser = await signed_in(hub, "caseworker")

    answer = await browser.post(f"/test/{case}", text="x" * 100_000, sure="yes")

    assert answer.status == 422
    assert b'<a href="#text">' in answer.body


async def test_after_a_form_the_next_page_says_that_it_is_done_and_the_one_after_not(
    hub: ServedHub, case: str
) -> None:
    browser = await signed_in(hub, "caseworker")

    sent = await browser.post(f"/test/{case}", text="Call the station", sure="yes")
    first, second = [await browser.get(sent.headers["Location"]) for _ in range(2)]

    assert sent.status == 303
    assert b"Your note is with the case." in first.body
    assert b"Your note is with the case." not in second.body


async def test_the_menu_shows_what_is_there_and_what_the_role_may(hub: ServedHub) -> None:
    served = {each.canonical for each in hub.client.server.app.router.resources()}

    for role in Role:
        page = await (await signed_in(hub, role.value)).get("/account")
        for place in PLACES:
            shown = f'<a href="{place.path}"'.encode() in page.body.partition(b"<nav")[2]
            assert shown == (place.path in served and place.right in rights_of(role)), place


async def test_a_page_can_do_nothing_that_the_api_would_refuse(hub: ServedHub) -> None:
    assert (await (await signed_in(hub, "caseworker")).get("/test")).status == 403
    assert (await (await signed_in(hub, "operator")).get("/test")).status == 200


async def test_a_session_with_a_password_alone_opens_no_page_that_needs_a_right(
    hub: ServedHub, case: str
) -> None:
    browser = await signed_in(hub, "caseworker", second_factor=False)
    path = f"/test/{case}"

    page, sent = await browser.get(path), await browser.post(path, text="x", sure="yes")

    assert (page.status, page.headers["Location"]) == (303, "/account/second-factor")
    assert sent.status == 403
    assert b"second factor" in sent.body
    assert (await browser.get("/account")).status == 200
    assert await hub.node.database.read(lambda db: list_audit(db, kind="access")) == ()


texts = st.text(max_size=30)


@given(st.lists(st.tuples(st.sampled_from(["text", "sure", "day", "topics", "x"]), texts)))
def test_whatever_is_sent_is_either_checked_or_has_mistakes(pairs: list[tuple[str, str]]) -> None:
    form = fill(NoteForm, MultiDictProxy(MultiDict(pairs)))

    assert (form.checked is None) == bool(form.mistakes)
    if form.checked is not None:
        assert form.checked.sure is True
        assert form.checked.text.strip()
    for name, text in pairs:
        assert text in form.given[name]
    for mistake in form.mistakes:
        assert mistake.name in NoteForm.model_fields
        assert mistake.text.endswith(".")
