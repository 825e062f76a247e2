"""From the table of routes to aiohttp: who calls, what is sent, and then the handler."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from content.cases.attachment import NewAttachment
from content.people.permissions import NotAllowed
from node.access import checked_code, principal_of, require
from node.api.routes import PREFIX, ApiRoute, Call, SentCatalogue
from node.api.table import ROUTES
from node.app_keys import LIMITER, NODE, SETTINGS, UPLOADS
from node.refusals import BadBody, BadParameter, NotJson, TokenMissing
from node.shell import LARGEST_BODY, View, read_body
from node.uploads import FORM, REQUEST_PART, as_json_part, read_form

LARGEST_IMPORT: Final = 16 * 1024 * 1024
JSON = "application/json"
CATALOGUES: Final = {
    **dict.fromkeys(("application/jsonl", "application/x-ndjson", "application/ndjson"), "jsonl"),
    "text/csv": "csv",
    "application/ld+json": "dcat",
}
"""The media types of catalogues that are imported, and their formats."""
JSON_LINES = ("application/jsonl", "application/x-ndjson", "application/ndjson")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_LONGEST_PATH_VALUE = 300
_Files = tuple[NewAttachment, ...]


def api_routes() -> list[web.RouteDef]:
    """Return every endpoint of the API, and its description."""
    routes = [web.route(each.method, PREFIX + each.path, endpoint(each)) for each in ROUTES]
    return [web.get(f"{PREFIX}/openapi.json", describe), *routes]


async def describe(request: web.Request) -> web.Response:
    """GET /api/v1/openapi.json: this API in OpenAPI 3.1."""
    return web.Response(
        body=_description(request.app[SETTINGS].origin),
        content_type=JSON,
        headers={"Cache-Control": "public, max-age=300"},
    )


@cache
def _description(origin: str) -> bytes:
    from node.api.openapi import describe_api

    return orjson.dumps(describe_api(origin))


def endpoint(route: ApiRoute) -> View:
    """Return the aiohttp handler of one route."""

    async def handler(request: web.Request) -> web.StreamResponse:
        code = await checked_code(request) if route.by_code else ""
        principal = None if route.by_code else await principal_of(request)
        if route.limit is not None and principal is None:
            request.app[LIMITER].check(route.limit, route.operation, request)
        try:
            require(principal, route.right)
        except (TokenMissing, NotAllowed):
            if route.hidden is not None:
                raise route.hidden() from None
            raise
        body, files = await _read_body(request, route)
        call = Call(
            node=request.app[NODE],
            settings=request.app[SETTINGS],
            principal=principal,
            path=_read_path(request),
            query=_read_query(request, route.query),
            body=body,
            request=request,
            files=files,
            code=code,
        )
        answer = await route.handler(call)
        if answer is None:
            return web.Response(status=204)
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.Response(
            status=route.status, body=answer.model_dump_json().encode(), content_type=JSON
        )

    handler.__name__ = route.operation
    return handler


def _read_path(request: web.Request) -> Mapping[str, str]:
    for name, value in request.match_info.items():
        if len(value) > _LONGEST_PATH_VALUE or not value.isprintable():
            raise BadParameter(name, "must be one short line.")
    return request.match_info


def _read_query(request: web.Request, model: type[BaseModel] | None) -> BaseModel | None:
    """Return the parameters as the model has them. Raises BadParameter for the first bad one."""
    given = request.query
    known = () if model is None else tuple(model.model_fields)
    for name in given:
        if name not in known:
            names = ", ".join(known) or "no parameters"
            raise BadParameter(_shown(name), f"is not known here; this takes {names}.")
        if len(given.getall(name)) > 1:
            raise BadParameter(name, "must be given once.")
    if model is None:
        return None
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        field, reason = _mistakes(error)[0]
        raise BadParameter(field.partition(".")[0], f"is not usable: {reason}") from None


async def _read_body(request: web.Request, route: ApiRoute) -> tuple[Any, _Files]:
    kind = request.content_type.lower()
    if route.files and kind == FORM:
        async with request.app[UPLOADS].place(request.app[LIMITER].address_of(request)):
            form = await read_form(request)
        if route.body is None and form.body is not None:
            raise BadBody(((REQUEST_PART, "is not taken here; send files only."),))
        return None if route.body is None else _from_json(as_json_part(form), route), form.files
    if route.body is None:
        if route.files:
            raise NotJson(FORM)
        return None, ()
    if route.body == "jsonl":
        if kind not in JSON_LINES:
            raise NotJson(JSON_LINES[0])
        return await read_body(request, LARGEST_IMPORT), ()
    if route.body == "catalogue":
        shape = CATALOGUES.get(kind)
        if shape is None:
            raise NotJson(", ".join(CATALOGUES))
        return SentCatalogue(shape, await read_body(request, LARGEST_IMPORT)), ()
    if kind != JSON:
        raise NotJson(f"{JSON}, or {FORM} with files" if route.files else JSON)
    return _from_json(await read_body(request, LARGEST_BODY), route), ()


def _from_json(body: bytes, route: ApiRoute) -> Any:
    if route.reader is not None:
        return route.reader(_json_object(body))
    if not isinstance(route.body, type):
        raise TypeError("A route that takes JSON has a model of it.")
    try:
        return route.body.model_validate_json(body)
    except ValidationError as error:
        raise BadBody(_mistakes(error)) from None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadBody((("body", "must be JSON in UTF-8."),)) from None
    if not isinstance(value, dict):
        raise BadBody((("body", "must be a JSON object."),))
    return value


def _mistakes(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """Return field and reason of each mistake, without what was sent."""
    return tuple(
        (
            ".".join(_shown(str(part)) for part in mistake["loc"]) or "body",
            mistake["msg"].removeprefix("Value error, ").splitlines()[0][:300],
        )
        for mistake in error.errors(include_url=False, include_input=False, include_context=False)
    )


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) else "(unknown)"
