"""Texts that people and other hubs write never become markup (SECURITY.md S45)."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.hubs import HubDirectory, HubEntry
from node.web.cleaning import clean_html
from node.web.contact import contact_of
from tests.node.conftest import ServedHub
from tests.node.web.conftest import list_expert, publish
from tests.node.web.reading import FOREIGN, assert_nothing_live, read, visit

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "%(name)s %s {name}",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "</pre><iframe srcdoc='<script>alert(1)</script>'>",
    "<!--><style>*{display:none}</style>",
    "\u202e<b>turned</b>",
)


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_field_of_a_resource_is_live(served: ServedHub, payload: str) -> None:
    ulid = await publish(
        served,
        title={"nl": payload, "en": f"{payload} en"},
        summary={"en": payload},
        publisher=payload,
        city=payload,
        licence=payload,
        url="https://docs.example/?a=1&b='\"%3E%3Cscript%3E".replace("'", "%27").replace(
            '"', "%22"
        ),
    )

    for path in (
        f"/resources/{ulid}",
        "/resources",
        "/feed",
        "/",
        f"/resources?q={quote(payload)}",
    ):
        page = await visit(served, path)
        assert_nothing_live(page)
        assert "49" not in page.title
    page = await visit(served, f"/resources/{ulid}")
    assert payload in page.text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_field_of_an_expert_is_live(served: ServedHub, payload: str) -> None:
    ulid = await list_expert(
        served, name=payload, organisation=payload, bio={"en": payload}, conflicts=payload
    )

    for path in (f"/experts/{ulid}", "/experts", f"/experts?q={quote(payload)}"):
        assert_nothing_live(await visit(served, path))
    assert payload in (await visit(served, f"/experts/{ulid}")).text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_that_a_hub_says_of_itself_is_live(served: ServedHub, payload: str) -> None:
    entry = HubEntry(
        host="evil.example",
        name=payload,
        city=payload,
        country="ES",
        language="es",
        kind="hub",
        g=None,
        actor="https://evil.example/actor",
    )
    await served.node.database.write(lambda db: HubDirectory(db).put(entry))

    for path in ("/hubs", "/", "/feed?hub=evil.example", "/resources?hub=evil.example"):
        assert_nothing_live(await visit(served, path))


@pytest.mark.parametrize(
    "name", ["q", "topic", "kind", "language", "hub", "sort", "cursor", "from"]
)
@pytest.mark.parametrize("payload", PAYLOADS[:5])
async def test_no_parameter_is_live(served: ServedHub, name: str, payload: str) -> None:
    for path in ("/resources", "/experts", "/feed"):
        answer = await served.get(f"{path}?{name}={quote(payload)}", Accept="text/html")
        assert answer.status in (200, 400)
        assert_nothing_live(read(answer.body))


@given(st.text() | st.sampled_from(PAYLOADS))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_html_of_a_source_is_live(markup: str) -> None:
    assert_nothing_live(
        read(str(clean_html(markup, 'en" onload="x')).encode("utf-8", "replace")), FOREIGN
    )


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h1>A</h1>", "<h3>A</h3>"),
        ('<a href="https://x.example" onclick="y()" target="_blank">A</a>', "https://x.example"),
        ("<p><em>A</em> &amp; B</p>", "<p><em>A</em> &amp; B</p>"),
    ],
)
def test_what_is_harmless_in_html_stays(markup: str, expected: str) -> None:
    assert expected in clean_html(markup, "en")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("help@city.example", "mailto:help@city.example"),
        ("+34 93 123 45 67", "tel:+34931234567"),
        ("https://city.example/contact", "https://city.example/contact"),
        ("Town hall, room 3", None),
        ("javascript:alert(1)", None),
        ('a@b.example"><script>', None),
        ("a@b.example?cc=c@d.example", None),
    ],
)
def test_a_contact_is_a_link_only_where_it_is_safe(text: str, link: str | None) -> None:
    contact = contact_of(text)

    assert contact is not None
    assert (contact.text, contact.link) == (text, link)
