"""
Servers on loopback that answer as CKAN, OAI-PMH repositories and feeds do, for harvesting.

Written after the documentation of each, with none of our code: https://docs.ckan.org/en/latest/api/,
https://www.openarchives.org/OAI/openarchivesprotocol.html. What a test adds, changes and takes away
is what the next run sees.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Self
from xml.sax.saxutils import escape

from aiohttp import web


@dataclass
class LoopbackServer:
    """A server with one handler. asked: path and query of every request, in their order."""

    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    out_of_order: Callable[[web.Request], web.Response | None] | None = None
    """Answers in place of the handler where it returns something: a server with a bad day."""
    _runner: web.AppRunner | None = None
    port: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.authority}"

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        self.agents.add(request.headers.get("User-Agent", ""))
        if self.out_of_order is not None:
            answer = self.out_of_order(request)
            if answer is not None:
                return answer
        return self.answer(request)

    def answer(self, request: web.Request) -> web.Response:
        raise NotImplementedError


def a_package(
    name: str, modified: str = "2026-05-01T10:00:00.000000", **more: Any
) -> dict[str, Any]:
    """Return a package as package_search shows it, with what portals have beside what we read."""
    return {
        "id": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "notes": f"All about {name}.\r\n\r\n<p>With <b>markup</b>.</p>",
        "author": "Jane Doe",
        "author_email": "jane.doe@city.example",
        "maintainer": "",
        "license_id": "cc-by",
        "license_title": "Creative Commons Attribution",
        "metadata_created": "2024-02-01T10:00:00.000000",
        "metadata_modified": modified,
        "organization": {"name": "city", "title": "City of Example"},
        "private": False,
        "state": "active",
        "tags": [{"name": "privacy", "display_name": "Privacy"}, {"name": "bicycles"}],
        "groups": [],
        "extras": [{"key": "language", "value": "nl"}],
        "num_resources": 1,
        "resources": [{"id": "r1", "url": "https://data.city.example/r1.csv", "format": "CSV"}],
        **more,
    }


@dataclass
class CkanPortal(LoopbackServer):
    """A portal with CKAN's action API. packages: by name."""

    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden_from_search: set[str] = field(default_factory=set)
    most_rows: int = 3

    def put(self, *packages: dict[str, Any]) -> None:
        for each in packages:
            self.packages[each["name"]] = each

    def answer(self, request: web.Request) -> web.Response:
        if request.path == "/api/3/action/package_search":
            return self._search(request)
        if request.path == "/api/3/action/package_show":
            found = [p for p in self.packages.values() if p["id"] == request.query["id"]]
            if found:
                return web.json_response({"help": "", "success": True, "result": found[0]})
            error = {"__type": "Not Found Error", "message": "Not found"}
            return web.json_response({"success": False, "error": error}, status=404)
        return web.Response(status=404, text="<html>no such page</html>")

    def _search(self, request: web.Request) -> web.Response:
        shown = [p for p in self.packages.values() if p["name"] not in self.hidden_from_search]
        filters = request.query.get("fq", "")
        if since := re.search(r"metadata_modified:\[(\S+?)Z? TO \*\]", filters):
            shown = [p for p in shown if p["metadata_modified"] >= since[1]]
        if part := re.search(r"groups:(\w+)", filters):
            shown = [p for p in shown if part[1] in {g["name"] for g in p["groups"]}]
        shown.sort(key=lambda p: (p["metadata_modified"], p["id"]))
        start, rows = int(request.query["start"]), min(int(request.query["rows"]), self.most_rows)
        result = {
            "count": len(shown),
            "sort": request.query["sort"],
            "results": shown[start : start + rows],
        }
        return web.json_response({"help": "", "success": True, "result": result})


@dataclass
class OaiRecord:
    """One record. at: its datestamp. dc: name of the element, language and text."""

    at: str
    dc: tuple[tuple[str, str, str], ...] = ()
    deleted: bool = False


@dataclass
class Repository(LoopbackServer):
    """An OAI-PMH 2.0 repository that shows two records a page."""

    records: dict[str, OaiRecord] = field(default_factory=dict)
    deletions: str = "persistent"
    now: str = "2026-06-01T00:00:00Z"
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    says_size: int | None = None
    _lists: dict[str, list[str]] = field(default_factory=dict)

    def put(self, identifier: str, title: str, *, at: str, **more: str) -> None:
        dc = [("title", "en", title), ("identifier", "", f"https://repo.example/{identifier}")]
        dc += [(name, "", text) for name, text in more.items()]
        self.records[identifier] = OaiRecord(at, tuple(dc))

    def answer(self, request: web.Request) -> web.Response:
        query = request.query
        verb = query.get("verb", "")
        if verb == "Identify":
            inner = (
                "<repositoryName>Repository of rights</repositoryName>"
                f"<baseURL>{self.origin}/oai</baseURL><protocolVersion>2.0</protocolVersion>"
                "<adminEmail>admin@repo.example</adminEmail>"
                "<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp>"
                f"<deletedRecord>{self.deletions}</deletedRecord>"
                f"<granularity>{self.granularity}</granularity>"
            )
        elif verb == "ListMetadataFormats":
            inner = (
                "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
                "<schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>"
                "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace>"
                "</metadataFormat>"
            )
        elif verb == "ListRecords":
            return self._list(query)
        else:
            return self._said(f'<error code="badVerb">{escape(verb)}</error>')
        return self._said(f"<{verb}>{inner}</{verb}>")

    def _list(self, query: Any) -> web.Response:
        if "resumptionToken" in query:
            left = self._lists.get(query["resumptionToken"])
            if left is None:
                return self._said('<error code="badResumptionToken">Gone.</error>')
        else:
            begin = query.get("from", "")
            left = sorted(i for i, r in self.records.items() if r.at >= begin)
        if not left:
            return self._said('<error code="noRecordsMatch">Nothing.</error>')
        page, left = left[:2], left[2:]
        token = ""
        if left or "resumptionToken" in query:
            name = f"list/{len(self._lists)}&x=1" if left else ""
            if left:
                self._lists[name] = left
            size = "" if self.says_size is None else f' completeListSize="{self.says_size}"'
            token = f"<resumptionToken{size}>{escape(name)}</resumptionToken>"
        items = "".join(map(self._record, page))
        return self._said(f"<ListRecords>{items}{token}</ListRecords>")

    def _record(self, identifier: str) -> str:
        record = self.records[identifier]
        head = f"<identifier>{escape(identifier)}</identifier><datestamp>{record.at}</datestamp>"
        if record.deleted:
            return f'<record><header status="deleted">{head}</header></record>'
        fields = "".join(
            f'<dc:{name} xml:lang="{language}">{escape(text)}</dc:{name}>'
            if language
            else f"<dc:{name}>{escape(text)}</dc:{name}>"
            for name, language, text in record.dc
        )
        return (
            f"<record><header>{head}</header><metadata><oai_dc:dc"
            ' xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"{fields}</oai_dc:dc></metadata></record>"
        )

    def _said(self, inner: str) -> web.Response:
        return web.Response(
            content_type="text/xml",
            charset="utf-8",
            text='<?xml version="1.0" encoding="UTF-8"?>'
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.now}</responseDate><request>{self.origin}/oai</request>"
            f"{inner}</OAI-PMH>",
        )


@dataclass
class FileServer(LoopbackServer):
    """A server of one file, with an ETag made of its content."""

    body: bytes = b""
    content_type: str = "application/rss+xml"

    def answer(self, request: web.Request) -> web.Response:
        etag = f'"{hashlib.sha256(self.body).hexdigest()[:12]}"'
        headers = {"ETag": etag, "Content-Type": self.content_type}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=self.body, headers=headers)


@contextmanager
def beside(server: LoopbackServer) -> Iterator[LoopbackServer]:
    """Run a server in a thread of its own, for commands, which block theirs."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(20)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
