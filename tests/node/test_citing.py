"""The citation of a resource on its page, as files and over the API."""

import pytest

from node.web.citing import citation_links
from tests.node.conftest import ORIGIN, ServedHub
from tests.node.test_feeds import RESOURCE

HTML = {"Accept": "text/html"}


async def test_the_page_leads_to_files_and_the_api_says_the_same(served: ServedHub) -> None:
    added = (await served.post("/api/v1/resources", RESOURCE)).json
    path = f"/resources/{added['ulid']}"

    page = await served.get(path, **HTML)
    over_api = (await served.get(f"/api/v1{path}/citation")).json

    for link in citation_links(ORIGIN + path):
        assert f'href="{link.path}"'.encode() in page.body
        assert (await served.get(link.path.removeprefix(ORIGIN))).status == 200
    bib = await served.get(f"{path}/citation.bib")
    assert bib.body.decode() == over_api["bibtex"]
    assert bib.headers["Content-Disposition"].startswith("attachment; filename=")
    assert over_api["text"].endswith("Guide <b>to</b> registers. https://docs.example/guide")
    assert over_api["csl"][0]["URL"] == RESOURCE["url"]


@pytest.mark.parametrize("ending", ["bib", "ris", "json", "txt"])
async def test_what_is_not_for_everybody_cannot_be_cited_by_them(
    served: ServedHub, ending: str
) -> None:
    hidden = (await served.post("/api/v1/resources", {**RESOURCE, "label": "tlp-green"})).json
    gone = (await served.post("/api/v1/resources", {**RESOURCE, "url": None})).json
    await served.call("DELETE", f"/api/v1/resources/{gone['ulid']}", role="operator")

    assert (await served.get(f"/resources/{hidden['ulid']}/citation.{ending}")).status == 404
    assert (await served.get(f"/resources/{gone['ulid']}/citation.{ending}")).status == 410
    assert (await served.get(f"/api/v1/resources/{hidden['ulid']}/citation")).status == 404


async def test_a_form_that_there_is_not_is_not_found(served: ServedHub) -> None:
    added = (await served.post("/api/v1/resources", RESOURCE)).json

    assert (await served.get(f"/resources/{added['ulid']}/citation.doc")).status == 404
