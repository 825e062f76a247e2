"""The receipt of a request that was just sent: the code, shown this once, and files to keep."""

import json
from typing import Final

from aiohttp import web

from federation.serving.answers import NotServed
from node.app_keys import LIMITER, NODE, SENT
from node.uploads import file_answer
from node.web.pages import private, render
from node.web.sent import Sent
from node.web.times import times_of
from protocol.moments import read_stamp

FILES: Final = ("receipt.json", "kept.json")


async def sent_page(request: web.Request) -> web.Response:
    """GET /ask/sent/{handle}: the receipt to print; 404 once its time is over."""
    sent = _find(request)
    if sent is None:
        return private(render(request, "ask_sent_gone.html", {"section": "ask"}, status=404))
    context = {
        "section": "ask",
        "code": sent.code,
        "taken_at": read_stamp(sent.receipt["published"]),
        "receipt_id": sent.receipt["id"],
        "filed": sent.kept["filed"],
        "urgent": sent.urgent,
        "times": times_of(request),
        "here": request.match_info["handle"],
    }
    return private(render(request, "ask_sent.html", context))


async def sent_file(request: web.Request) -> web.Response:
    """GET /ask/sent/{handle}/{file}: receipt and salt as files, for `hub verify`."""
    sent, name = _find(request), request.match_info["file"]
    if sent is None or name not in FILES:
        raise NotServed
    document = sent.receipt if name == FILES[0] else sent.kept
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return file_answer(name, "application/json", text.encode())


def _find(request: web.Request) -> Sent | None:
    node = request.app[NODE]
    address = request.app[LIMITER].address_of(request)
    return request.app[SENT].find(request.match_info["handle"], address, node.clock.now())
