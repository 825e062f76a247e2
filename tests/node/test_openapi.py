"""The description of the API: OpenAPI 3.1, and true."""

from openapi_pydantic.v3.v3_1 import OpenAPI

from node.api.openapi import describe_api
from node.api.routes import PREFIX
from node.api.table import ROUTES
from tests.node.conftest import ServedHub

ORIGIN = "https://hub.example"


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return found.union(*(references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    return set()


def test_the_description_is_valid_and_has_every_endpoint() -> None:
    document = describe_api(ORIGIN)

    OpenAPI.model_validate(document)
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    assert described == {(route.method, PREFIX + route.path) for route in ROUTES}


def test_every_reference_leads_somewhere() -> None:
    document = describe_api(ORIGIN)

    for reference in references(document):
        value = document
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]


def test_names_of_operations_are_unique_and_everything_is_explained() -> None:
    names = [route.operation for route in ROUTES]

    assert len(names) == len(set(names))
    assert all(route.summary and route.handler.__doc__ for route in ROUTES)


def test_rights_and_tokens_are_described() -> None:
    paths = describe_api(ORIGIN)["paths"]

    assert paths["/api/v1/cases"]["get"]["security"] == [{"token": []}]
    assert paths["/api/v1/resources"]["get"]["security"] == [{}, {"token": []}]


async def test_it_is_served(served: ServedHub) -> None:
    answer = await served.get("/api/v1/openapi.json")

    assert answer.status == 200
    assert answer.json["servers"] == [{"url": served.settings.origin}]
