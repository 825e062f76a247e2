"""The table of addresses: each is found by its path and method, and nothing else is."""

import json
from pathlib import Path

import pytest

from federation.endpoints import ENDPOINTS, answer
from federation.serving.answers import NotServed
from protocol.http import HttpRequest
from tests.nodes_at_work import ORIGIN, open_node


async def test_an_address_is_answered_with_what_its_path_names(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        url = f"{ORIGIN}/.well-known/webfinger?resource=acct:hub@hub.amsterdam.example"

        found = await answer(node, HttpRequest("GET", url, ()))

        assert found.status == 200
        assert json.loads(found.body)["subject"] == "acct:hub@hub.amsterdam.example"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/actor/"),
        ("GET", "/activities/"),
        ("GET", "/activities/one/two"),
        ("GET", "/hub/log/some/other"),
        ("POST", "/actor"),
        ("GET", "/inbox"),
        ("DELETE", "/inbox"),
    ],
)
async def test_what_is_not_in_the_table_is_not_served(
    tmp_path: Path, method: str, path: str
) -> None:
    async with open_node(tmp_path) as node:
        with pytest.raises(NotServed):
            await answer(node, HttpRequest(method, ORIGIN + path, ()))


def test_no_address_is_in_the_table_twice() -> None:
    assert len({(each.method, each.path) for each in ENDPOINTS}) == len(ENDPOINTS)
