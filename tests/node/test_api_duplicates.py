"""Duplicates over the API, and where the address of a merged record leads."""

from typing import Any

from tests.node.conftest import ServedHub

RECORD: dict[str, Any] = {
    "title": "Guide to registers",
    "summary": "Text.",
    "language": "en",
    "kind": "guide",
    "topics": ["privacy"],
    "url": "https://city.example/guide",
}


async def test_two_records_are_found_merged_and_parted(served: ServedHub) -> None:
    one = (await served.post("/api/v1/resources", RECORD)).json
    again = {**RECORD, "title": "The guide", "url": "https://www.city.example/guide/"}
    two = (await served.post("/api/v1/resources", again)).json

    found = (await served.get("/api/v1/duplicates", "caseworker")).json
    pair = {"kept": one["ulid"], "other": two["id"]}
    merged = await served.post("/api/v1/duplicates/merge", pair, "caseworker")
    twice = await served.post("/api/v1/duplicates/merge", pair, "caseworker")
    page = await served.get(f"/resources/{two['ulid']}")
    gone = await served.get(f"/api/v1/resources/{two['ulid']}")
    listed = (await served.get("/api/v1/duplicates/merged", "caseworker")).json["items"]
    body = {"merged": two["ulid"]}
    parted = await served.post("/api/v1/duplicates/unmerge", body, "caseworker")
    after = await served.get(f"/resources/{two['ulid']}")
    names = {"one": one["ulid"], "other": parted.json["ref"]}
    apart = await served.post("/api/v1/duplicates/apart", names, "caseworker")

    assert (found["total"], found["items"][0]["why"]) == (1, ["address"])
    assert (merged.status, merged.json["how"], twice.status) == (200, "merged", 410)
    assert [(each["kept"], each["other"]) for each in listed] == [(one["id"], two["id"])]
    assert (await served.get("/api/v1/duplicates/merged", "caseworker")).json["items"] == []
    assert (page.status, page.headers["Location"]) == (307, f"/resources/{one['ulid']}")
    assert (gone.status, gone.json["type"].rpartition("/")[2]) == (410, "resource-merged")
    assert after.headers["Location"] == f"/resources/{parted.json['ref']}"
    assert apart.status == 204
    assert (await served.get("/api/v1/duplicates", "caseworker")).json["total"] == 0
