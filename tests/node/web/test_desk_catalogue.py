"""Catalogue and experts on the pages of the desk."""

import html
import json
import re

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import EXPERT, list_expert, publish

FORM = {
    "title": "Guide to cameras",
    "summary": "What to look at before you put one up.",
    "url": "https://docs.example/cameras",
    "language": "en",
    "kind": "guide",
    "topics": "urban-surveillance",
    "label": "tlp-clear",
}


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


async def test_a_resource_is_drafted_published_corrected_and_taken_back(desk: Browser) -> None:
    wrong = await desk.post("/desk/catalogue/new", {**FORM, "title": "", "year": "soon"})
    assert wrong.status == 422
    drafted = await desk.post("/desk/catalogue/new", FORM, do="draft")
    path = drafted.headers["Location"]
    assert "Guide to cameras" in await seen(desk, "/desk/catalogue")
    assert "No resource was found" in await seen(desk, "/resources?q=cameras")

    published = await desk.post(path, {**FORM, "title": "Guide to street cameras"}, do="publish")

    assert published.status == 303
    assert "Guide to street cameras" in await seen(desk, "/resources?q=cameras")
    assert (await desk.post(f"{path}/retract")).status == 422
    assert (await desk.post(f"{path}/retract", sure="yes")).status == 303
    assert "Guide to street cameras" not in await seen(desk, "/resources?q=cameras")


async def test_correcting_one_language_keeps_the_others(served: ServedHub, desk: Browser) -> None:
    ulid = await publish(served, title={"nl": "Inkoop", "en": "Buying"})
    path = f"/desk/catalogue/{ulid}"
    assert 'value="Inkoop"' in await seen(desk, path)

    done = await desk.post(path, {**FORM, "title": "Inkopen", "language": "nl"}, do="publish")

    assert done.status == 303
    answer = await served.get(f"/api/v1/resources/{ulid}")
    assert answer.json["title"] == {"nl": "Inkopen", "en": "Buying"}
    assert answer.json["record"]["principles"] == ["p3-transparency-nondiscrimination"]


async def test_lines_are_imported_with_a_report_or_not_at_all(desk: Browser) -> None:
    good = {
        "title": "A law",
        "summary": "Rules.",
        "language": "en",
        "kind": "law",
        "topics": ["privacy"],
        "url": "https://law.example/1",
    }
    bad = {"title": "No kind"}

    refused = await desk.post(
        "/desk/catalogue/import", lines=f"{json.dumps(good)}\n{json.dumps(bad)}"
    )
    taken = await desk.post("/desk/catalogue/import", lines=json.dumps(good))

    assert refused.status == 422
    assert b"Line 2" in refused.body
    assert taken.status == 200, re.findall(r'class="mistake".*', taken.body.decode())
    assert b"1 added, 0 changed" in taken.body


async def test_an_expert_is_listed_corrected_confirmed_paused_and_removed(
    served: ServedHub, desk: Browser
) -> None:
    fields = {
        "name": "Omar",
        "bio": "Lawyer in Tunis.",
        "topics": "privacy",
        "languages": "fr",
        "jurisdictions": "TN",
        "capacity_hours": "4",
        "scope": "public",
    }
    assert (await desk.post("/desk/experts/new", {**fields, "name": ""})).status == 422
    listed = await desk.post("/desk/experts/new", fields)
    path = listed.headers["Location"]
    assert "Omar" in await seen(desk, "/desk/experts")

    corrected = await desk.post(path, {**fields, "capacity_hours": "6"})
    path = corrected.headers["Location"]
    assert 'value="6"' in await seen(desk, path)
    confirmed = await desk.post(f"{path}/confirm")
    paused = await desk.post(f"{confirmed.headers['Location']}/pause")
    path = paused.headers["Location"]
    assert (await desk.post(f"{path}/remove")).status == 422
    assert (await desk.post(f"{path}/remove", sure="yes")).status == 303
    assert "Omar" not in await seen(desk, "/desk/experts")


async def test_pages_of_what_is_there_are_shown(served: ServedHub, desk: Browser) -> None:
    expert = await list_expert(served)

    assert EXPERT["name"] in await seen(desk, f"/desk/experts/{expert}")
    assert (await desk.get("/desk/proposals/01ARZ3NDEKTSV4RRFFQ69G5FAV")).status == 404


async def test_a_proposal_is_seen_side_by_side_and_accepted_or_declined(
    served: ServedHub, desk: Browser
) -> None:
    ulid = await publish(served)
    numbers = []
    for year in (2022, 2023):
        made = await served.post(
            f"/api/v1/resources/{ulid}/proposals",
            {"changes": {"year": year}, "reason": "It says so on page 2."},
            "reader",
        )
        assert made.status in (200, 201), made.body
        numbers.append(made.json["id"])
    page = await seen(desk, f"/desk/proposals/{numbers[0]}")
    assert "2022" in page
    assert "It says so on page 2." in page

    accepted = await desk.post(f"/desk/proposals/{numbers[0]}/accept")
    unsaid = await desk.post(f"/desk/proposals/{numbers[1]}/decline")
    declined = await desk.post(f"/desk/proposals/{numbers[1]}/decline", reason="Page 2 is old.")

    assert (accepted.status, unsaid.status, declined.status) == (303, 422, 303)
    assert "Nothing waits" in await seen(desk, "/desk/proposals")
    listed = await seen(desk, "/desk/proposals?show=all")
    assert "Accepted" in listed
    assert "Declined" in listed
    assert (await served.get(f"/api/v1/resources/{ulid}")).json["record"]["year"] == 2022


async def test_a_correction_is_proposed_by_the_address_of_the_record(
    served: ServedHub, desk: Browser
) -> None:
    ulid = await publish(served)
    address = f"{served.node.hub.identity.origin}/resources/{ulid}"
    fields = {"name": "year", "value": "2020", "reason": "Page 2."}

    nothing = await desk.post("/desk/propose", {**fields, "address": "chatbot"})
    unknown = await desk.post(
        "/desk/propose", fields, address=f"https://x.example/resources/{ulid}"
    )
    made = await desk.post("/desk/propose", fields, address=address)

    assert nothing.status == 422
    assert unknown.status == 422
    assert made.status == 303, re.findall(r'class="mistake".*', made.body.decode())
    page = await seen(desk, made.headers["Location"])
    assert "2020" in page
    assert "Year" in page
    assert "Proposed by" in await seen(desk, "/desk/proposals")

    withdrawn = await desk.post(f"{made.headers['Location']}/withdraw")

    assert withdrawn.status == 303
    assert (await desk.post(f"{made.headers['Location']}/withdraw")).status == 422


async def test_what_is_wrong_with_a_record_is_said_at_its_field(desk: Browser) -> None:
    wrong = await desk.post("/desk/catalogue/new", {**FORM, "url": "ftp://x", "year": "12"})

    assert wrong.status == 422
    page = html.unescape(wrong.body.decode())
    assert 'href="#url"' in page
    assert 'href="#year"' in page


async def test_a_record_that_gets_another_label_is_found_under_its_new_id(
    served: ServedHub, desk: Browser
) -> None:
    path = f"/desk/catalogue/{await publish(served, title={'en': 'Clauses'}, language='en')}"

    kept = await desk.post(path, {**FORM, "label": "tlp-green"}, do="publish")

    assert kept.status == 303
    assert kept.headers["Location"] != path
    assert "Guide to cameras" in await seen(desk, kept.headers["Location"])


async def test_records_are_imported_as_a_file_with_what_they_do_not_say_themselves(
    served: ServedHub, desk: Browser
) -> None:
    line = {"title": "A law", "summary": "Rules.", "url": "https://law.example/1", "language": "en"}
    path = "/desk/catalogue/import"

    nothing = await desk.upload(path)
    taken = await desk.upload(
        path,
        ("records.jsonl", json.dumps(line).encode()),
        fields={"shape": "jsonl", "kind": "law", "topic": "privacy", "source": "law.example"},
    )

    assert nothing.status == 422
    assert taken.status == 200, re.findall(r'class="mistake".*', taken.body.decode())
    assert b"1 added" in taken.body
    found = (await served.get("/api/v1/resources?q=law")).json["items"][0]
    assert (found["kind"], found["topics"]) == ("law", ["privacy"])


async def test_good_records_are_imported_although_others_are_bad_if_one_says_so(
    desk: Browser,
) -> None:
    good = {
        "title": "A law",
        "summary": "Rules.",
        "language": "en",
        "kind": "law",
        "topics": ["privacy"],
    }
    lines = f"{json.dumps(good)}\nnonsense"

    taken = await desk.post("/desk/catalogue/import", lines=lines, skip_bad="yes")

    assert taken.status == 200
    assert b"1 added" in taken.body
    assert b"Line 2" in taken.body
