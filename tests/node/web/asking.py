"""Filling in forms as a browser does: what the page holds, changed where somebody types."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import aiohttp
from multidict import CIMultiDict

from tests.node.conftest import Answered, ServedHub
from tests.node.web.reading import BROWSER

SAME = {"Accept": BROWSER, "Sec-Fetch-Site": "same-origin"}
FILLED: dict[str, Any] = {
    "role": "who-city-official",
    "title": "MARIGOLD chatbot clauses",
    "question": "MARIGOLD: which clauses?\r\n\r\nAnd why?",
    "sensitivity": "data-none",
}


@dataclass
class Form(HTMLParser):
    """The fields of the forms of a page, as a browser would send them untouched."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    _select: str = ""
    _options: list[tuple[str, bool]] = field(default_factory=list)
    _area: str = ""
    _text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") != "file":
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if chosen:
                self.fields.append((name, given.get("value", "on")))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((given["value"], "selected" in given))
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.fields.append((self._select, (chosen or [self._options[0][0]])[0]))
            self._select = ""
        elif tag == "textarea":
            self.fields.append((self._area, self._text.removeprefix("\n")))
            self._area = ""


def fields_of(body: bytes) -> list[tuple[str, str]]:
    """Return what the forms of a page would send."""
    form = Form()
    form.feed(body.decode())
    form.close()
    return form.fields


def typed(fields: list[tuple[str, str]], **changes: Any) -> list[tuple[str, str]]:
    """Return the fields with others in their place; a list is several values, None is nothing."""
    kept = [(name, value) for name, value in fields if name not in changes]
    for name, value in changes.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        kept += [(name, each) for each in values]
    return kept


async def submit(
    hub: ServedHub, path: str, fields: list[tuple[str, str]], **headers: str
) -> Answered:
    """Send a form without files."""
    return await hub.call(
        "POST",
        path,
        data=urlencode(fields).encode(),
        headers={**SAME, "Content-Type": "application/x-www-form-urlencoded", **headers},
    )


async def upload(
    hub: ServedHub,
    path: str,
    fields: list[tuple[str, str]],
    *files: tuple[str, bytes],
    headers: dict[str, str] | None = None,
) -> Answered:
    """Send a form with files; an empty part where none was chosen, as browsers do."""
    sent = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields:
        sent.add_field(name, value)
    for name, data in files or (("", b""),):
        sent.add_field("attachment", data, filename=name, content_type="application/octet-stream")
    async with hub.client.post(
        path, data=sent, headers={**SAME, **(headers or {})}, allow_redirects=False
    ) as answer:
        return Answered(answer.status, CIMultiDict(answer.headers), await answer.read())


async def previewed(hub: ServedHub, **changes: Any) -> Answered:
    """Fill in the form and ask to see it once more."""
    empty = fields_of((await hub.get("/ask/request", Accept=BROWSER)).body)
    return await submit(hub, "/ask/request", typed(empty, **{**FILLED, **changes}))


async def asked(hub: ServedHub, *files: tuple[str, bytes], **changes: Any) -> str:
    """File a request by the pages; return the code."""
    preview = await previewed(hub, **changes)
    assert preview.status == 200, preview.body
    sent = await upload(hub, "/ask/request", typed(fields_of(preview.body), step="send"), *files)
    assert sent.status == 303, sent.body
    receipt = await hub.get(sent.headers["Location"], Accept=BROWSER)
    return code_in(receipt.body)


def code_in(body: bytes) -> str:
    """Return the code that a receipt shows."""
    return body.partition(b'<p class="receipt-code"><code>')[2].partition(b"<")[0].decode()


async def opened(hub: ServedHub, code: str, **more: str) -> Answered:
    """Come back with a code, perhaps to do something."""
    return await submit(hub, "/ask/status", [("code", code), *more.items()])
