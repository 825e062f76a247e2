"""A browser at a hub under test: it keeps its cookie, and sends forms as pages hold them."""

import io
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import aiohttp
from multidict import CIMultiDict

from content.changes import Act
from content.people.sessions import SessionStore
from node.uploads import FILE_PART
from node.web.cookies import cookie_name
from node.web.same_site import FIELD, form_token
from tests.node.conftest import Answered, ServedHub

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(slots=True)
class Browser:
    """One browser. secret: that of its session; "" while it has none."""

    served: ServedHub
    secret: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answered:
        return await self.call("GET", path, None, headers)

    async def post(self, path: str, fields: dict[str, str] | None = None, **more: str) -> Answered:
        """Send a form as a page of this session holds it; more: fields too."""
        sent = {FIELD: form_token(self.secret), **(fields or {}), **more}
        return await self.call("POST", path, sent, {})

    async def send(self, path: str, fields: list[tuple[str, str]]) -> Answered:
        """As `post`, for forms with several values of one name."""
        return await self.call("POST", path, [(FIELD, form_token(self.secret)), *fields], {})

    async def upload(
        self, path: str, *files: tuple[str, bytes], fields: dict[str, str] | None = None
    ) -> Answered:
        """Send a form with files, as a page of this session holds it; without one, as empty."""
        form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
        for name, value in {FIELD: form_token(self.secret), **(fields or {})}.items():
            form.add_field(name, value)
        for name, data in files or (("", b""),):
            form.add_field(
                FILE_PART, io.BytesIO(data), filename=name, content_type="application/octet-stream"
            )
        cookie = f"{cookie_name(self.served.settings)}={self.secret}"
        async with self.served.client.post(
            path,
            data=form,
            headers={"Accept": "text/html", "User-Agent": AGENT, "Cookie": cookie},
            allow_redirects=False,
        ) as answer:
            return Answered(answer.status, CIMultiDict(answer.headers), await answer.read())

    async def call(
        self,
        method: str,
        path: str,
        fields: dict[str, str] | list[tuple[str, str]] | None,
        headers: dict[str, str] | None = None,
    ) -> Answered:
        """Send exactly these fields, and keep the cookie that comes back."""
        name = cookie_name(self.served.settings)
        sent = {"Accept": "text/html", "User-Agent": AGENT, **self.headers, **(headers or {})}
        if self.secret:
            sent["Cookie"] = f"{name}={self.secret}"
        data = None
        if fields is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
            data = urlencode(fields).encode()
        answer = await self.served.call(method, path, headers=sent, data=data)
        for line in answer.headers.getall("Set-Cookie", []):
            cookie = SimpleCookie(line)
            if name in cookie:
                self.secret = cookie[name].value
        return answer


async def signed_in(served: ServedHub, role: str, *, second_factor: bool = True) -> Browser:
    """Return a browser in which the user with the name of this role is signed in."""
    node = served.node
    act = Act(role, node.clock.now())
    issued = await node.database.write(
        lambda db: SessionStore(db).begin(
            role, act, chance=node.hub.chance, way="password", second_factor=second_factor
        )
    )
    return Browser(served, issued.secret)
