"""Files of resources over the API: uploaded by staff, fetched by whoever may have the record."""

import hashlib

from tests.content.sample_files import PDF
from tests.node.conftest import ServedHub
from tests.node.test_api_requests import form

GUIDE = {
    "title": {"en": "Clauses"},
    "summary": {"en": "For buying."},
    "language": "en",
    "kind": "template",
    "topics": ["procurement"],
}
DIGEST = hashlib.sha256(PDF).hexdigest()


async def added(served: ServedHub, **fields: str) -> str:
    made = await served.post("/api/v1/resources", {**GUIDE, **fields}, "caseworker")
    assert made.status == 201, made.body
    return f"/api/v1/resources/{made.json['ulid']}"


def as_staff(served: ServedHub) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.tokens['caseworker']}"}


async def test_a_file_goes_up_and_comes_down_and_the_page_links_it(served: ServedHub) -> None:
    path = await added(served)

    sent = await form(served, f"{path}/files", ("clauses.html", PDF), headers=as_staff(served))
    shown = await served.get(path)
    down = await served.get(f"{path}/files/{DIGEST}")
    page = await served.get(path.removeprefix("/api/v1"), Accept="text/html")

    assert sent.status == 200, sent.body
    (file,) = sent.json["files"]
    assert shown.json["files"] == [file]
    assert (file["name"], file["media_type"]) == ("clauses.html.pdf", "application/pdf")
    assert file["sha256"] == DIGEST
    assert down.body == PDF
    assert down.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert down.headers["Content-Disposition"].startswith("attachment; ")
    public = await served.get(file["url"].removeprefix(served.settings.origin))
    assert public.body == PDF
    assert file["url"].encode() in page.body


async def test_what_no_browser_should_get_is_refused(served: ServedHub) -> None:
    path = await added(served)
    before = await served.get(path, "caseworker")

    for name, data in (
        ("a.html", b"<script>\x00"),
        ("a.zip", b"PK\x03\x04nothing"),
        ("a.pdf", b""),
    ):
        refused = await form(served, f"{path}/files", (name, data), headers=as_staff(served))
        assert refused.status in (415, 422), (name, refused.body)
    too_many = [(f"{number}.pdf", PDF + bytes([48 + number])) for number in range(11)]
    refused = await form(served, f"{path}/files", *too_many, headers=as_staff(served))

    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (413, "too-many-files")
    after = await served.get(path, "caseworker")
    assert (after.json["files"], after.json["revision"]) == ([], before.json["revision"])


async def test_files_of_drafts_and_of_what_stays_here_are_for_staff(served: ServedHub) -> None:
    path = await added(served, label="tlp-amber")
    await form(served, f"{path}/files", ("clauses.pdf", PDF), headers=as_staff(served))

    statuses = [
        (await served.get(f"{path}/files/{DIGEST}", role)).status
        for role in ("", "reader", "expert", "caseworker")
    ]

    assert statuses == [404, 404, 404, 200]
    assert (await served.get(f"{path.removeprefix('/api/v1')}/files/{DIGEST}")).status == 404


async def test_a_file_is_taken_off_once(served: ServedHub) -> None:
    path = await added(served)
    await form(served, f"{path}/files", ("clauses.pdf", PDF), headers=as_staff(served))

    gone = await served.call("DELETE", f"{path}/files/{DIGEST}", role="caseworker")
    again = await served.call("DELETE", f"{path}/files/{DIGEST}", role="caseworker")

    assert (gone.status, gone.json["files"]) == (200, [])
    assert (again.status, again.json["type"].rpartition("/")[2]) == (
        404,
        "resource-file-not-found",
    )
    assert (await served.get(f"{path}/files/{DIGEST}")).status == 404
