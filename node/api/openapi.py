"""The description of the API in OpenAPI 3.1, made of the table of routes and the models."""

import re
from importlib.metadata import version
from typing import Any

from openapi_pydantic.v3.v3_1 import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from node.api.routes import PREFIX, ApiRoute
from node.api.table import ROUTES
from node.problem_table import PROBLEMS
from node.problems import MEDIA_TYPE, TYPES
from node.uploads import FORM, REQUEST_PART, part_names

JSON = "application/json"
_IN_PATH = re.compile(r"\{(\w+)\}")
_PATH_WORDS = {
    "id": "The ULID of the record.",
    "attachment": "The id of an attachment.",
    "ulid": "The ULID at the end of the record's address.",
    "item": "The id of an item of the framework, such as tool-dpia.",
    "draft": "The id of a draft of its answer.",
    "sha256": "The SHA-256 of a file, in hex.",
    "host": "Host, and port where there is one, of a hub; or its permanent name.",
    "name": "The name of a user.",
    "number": "The number that the list shows.",
}


def describe_api(origin: str) -> dict[str, Any]:
    """Return the description as plain values, checked against the models of OpenAPI 3.1."""
    schemas, references = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(
            route, references
        )
    document = {
        "openapi": "3.1.1",
        "info": {
            "title": "Rights Hub",
            "version": version("rights-hub"),
            "summary": "Resources, experts and cases of a hub, and what other hubs share with it.",
            "description": (
                "Lists take limit and cursor, and answer items and next. Every refusal is a "
                "problem document (RFC 9457). Ids of records are their addresses; origin says "
                "which hub made a record."
            ),
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": origin}],
        "tags": [{"name": name} for name in dict.fromkeys(route.subject for route in ROUTES)],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _problem_schema()},
            "responses": {"Problem": _problem_response()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of a user of the hub: `hub token add`.",
                },
                "receipt": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Authorization: Receipt CODE`, with the code of a receipt.",
                },
            },
        },
    }
    OpenAPI.model_validate(document)
    return document


def _schemas() -> tuple[dict[str, Any], dict[tuple[type[BaseModel], str], str]]:
    wanted: list[tuple[type[BaseModel], str]] = []
    for route in ROUTES:
        if isinstance(route.body, type):
            wanted.append((route.body, "validation"))
        if isinstance(route.answer, type):
            wanted.append((route.answer, "serialization"))
    found, definitions = models_json_schema(
        list(dict.fromkeys(wanted)),  # type: ignore[arg-type]
        ref_template="#/components/schemas/{model}",
    )
    references = {key: value["$ref"] for key, value in found.items()}
    return definitions["$defs"], references  # type: ignore[return-value]


def _operation(
    route: ApiRoute, references: dict[tuple[type[BaseModel], str], str]
) -> dict[str, Any]:
    text = (route.handler.__doc__ or "").strip()
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": text,
        "tags": [route.subject],
        "responses": {
            str(route.status): _answer(route, references),
            "default": {"$ref": "#/components/responses/Problem"},
        },
        "security": _security(route),
    }
    if route.right is not None:
        operation["x-right"] = route.right.value
    parameters = [*_in_path(route), *_in_query(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.body == "jsonl":
        content = {"application/jsonl": {"schema": {"type": "string"}}}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.body == "catalogue":
        kinds = ("application/jsonl", "text/csv", "application/ld+json")
        content = {kind: {"schema": {"type": "string"}} for kind in kinds}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.body is not None:
        schema = {"$ref": references[route.body, "validation"]}
        content = {JSON: {"schema": schema}}
        if route.files:
            content[FORM] = {"schema": _form(schema)}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.files:
        operation["requestBody"] = {"required": True, "content": {FORM: {"schema": _form(None)}}}
    return operation


def _security(route: ApiRoute) -> list[dict[str, list[str]]]:
    if route.by_code:
        return [{"receipt": []}]
    # An empty one among the alternatives: a token is possible, and not needed.
    return [{}, {"token": []}] if route.right is None else [{"token": []}]


def _form(body: dict[str, Any] | None) -> dict[str, Any]:
    """Return the schema of a form: files, and beside them the body as JSON."""
    form = part_names()
    if body is not None:
        form["properties"][REQUEST_PART] = body
        form["required"] = [REQUEST_PART]
    return form


def _answer(route: ApiRoute, references: dict[tuple[type[BaseModel], str], str]) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done."}
    if route.answer == "file":
        content = {"application/octet-stream": {"schema": {"type": "string"}}}
        return {"description": route.summary, "content": content}
    schema: dict[str, Any] = {"$ref": references[route.answer, "serialization"]}
    content = {JSON: {"schema": schema}}
    if route.csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    return {"description": route.summary, "content": content}


def _in_path(route: ApiRoute) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PATH_WORDS[name],
            "schema": {"type": "string"},
        }
        for name in _IN_PATH.findall(route.path)
    ]


def _in_query(route: ApiRoute) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.get("$defs", {})
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _inlined(value, definitions),
        }
        for name, value in schema["properties"].items()
    ]


def _inlined(value: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with its references put in place, so that it stands alone."""
    if isinstance(value, dict):
        if "$ref" in value:
            return _inlined(definitions[value["$ref"].rpartition("/")[2]], definitions)
        return {name: _inlined(item, definitions) for name, item in value.items()}
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in value]
    return value


def _problem_schema() -> dict[str, Any]:
    codes = sorted({row.code or code for code, row in PROBLEMS.items()})
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri",
                "examples": [TYPES + code for code in codes[:3]],
            },
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "parameter": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    }


def _problem_response() -> dict[str, Any]:
    return {
        "description": "A problem document (RFC 9457).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
