"""The search field suggests while somebody types, if a browser lets it; it searches in any case."""

import json
from typing import get_args, get_type_hints

import pytest

from content.search.suggesting import Suggestion
from node.middleware import CONTENT_SECURITY_POLICY
from tests.node.conftest import ServedHub
from tests.node.web.reading import visit

MOST = 4096


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/", {"topic", "kind", "resource"}),
        ("/resources", {"topic", "kind", "resource"}),
        ("/experts", {"topic", "expert"}),
    ],
)
async def test_the_field_tells_the_script_what_to_suggest_in_the_language_of_the_page(
    served: ServedHub, path: str, kinds: set[str]
) -> None:
    page, spanish = await visit(served, path), await visit(served, f"{path}?lang=es")

    (field,) = [each for each in page.all("input") if each["name"] == "q"]
    (other,) = [each for each in spanish.all("input") if each["name"] == "q"]
    assert set(json.loads(field["data-suggest"])) == kinds
    assert kinds <= set(get_args(get_type_hints(Suggestion)["kind"]))
    assert json.loads(other["data-suggest"])["topic"] == "Tema"
    assert field["data-found"] != other["data-found"]
    assert "role" not in field, "without the script it is a plain field"


async def test_the_script_is_small_ours_and_writes_text_never_markup(served: ServedHub) -> None:
    page = await visit(served, "/resources")
    (script,) = page.all("script")

    answer = await served.get(script["src"])

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    source = answer.body.decode()
    assert len(answer.body) < MOST
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "eval", "document.write", "http:"):
        assert word not in source
    for word in ("aria-expanded", "aria-activedescendant", "aria-controls", "listbox", "Escape"):
        assert word in source, "the pattern of a combobox"


def test_pages_may_ask_their_own_server_and_no_other() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split(";"))

    assert rules["connect-src"] == rules["script-src"] == "'self'"
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
