"""What of a request is corrected on the desk, files that come with it, and labels in sight."""

from typing import Any

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_files import NOTES, files_of
from tests.node.web.test_desk_offering import AGREED, HOSTS, desk
from tests.node.web.test_desk_pages import opened, seen

__all__ = ["desk"]
CHECKED = {
    "title": "Chatbot clauses",
    "question": "Which?",
    "urgency": "urgency-normal",
    "label": "tlp-amber",
    "sensitivity": "data-personal",
    "topics": "procurement",
}


async def case_of(served: ServedHub, path: str) -> Any:
    return (await served.get(path.replace("/desk/", "/api/v1/"), "caseworker")).json


async def test_everything_that_was_filed_can_be_corrected(served: ServedHub, desk: Browser) -> None:
    path = await opened(served)
    more = {
        "request_type": "req-legal-question",
        "stage": "stage-tender",
        "deadline": "2030-01-31",
        "language": "nl",
        "country": "BE",
        "jurisdiction": "Gent",
    }

    done = await desk.post(f"{path}/triage", {**CHECKED, **more})

    assert done.status == 303, done.body
    case = await case_of(served, path)
    assert {name: case[name] for name in more} == more
    form = await seen(desk, f"{path}/triage")
    assert 'value="stage-tender" selected' in form
    await desk.post(f"{path}/triage", CHECKED)
    case = await case_of(served, path)
    assert (case["stage"], case["deadline"], case["language"]) == (None, None, "nl")


async def test_files_come_in_with_a_request_by_mail(served: ServedHub) -> None:
    browser = await signed_in(served, "caseworker")
    fields = {
        "title": "Cameras at the market",
        "question": "May we?",
        "role": "who-city-official",
        "language": "en",
        "country": "NL",
        "sensitivity": "data-none",
        "deadline": "2030-01-31",
    }

    refused = await browser.upload("/desk/new-case", ("a.exe", b"MZ\x90"), fields=fields)
    taken = await browser.upload("/desk/new-case", NOTES, fields=fields)

    assert refused.status == 422
    assert b"Cameras at the market" in refused.body
    assert taken.status == 200
    [case] = (await served.get("/api/v1/cases", "caseworker")).json["items"]
    assert case["deadline"] == "2030-01-31"
    [file] = await files_of(served, f"/desk/cases/{case['id']}")
    assert file["name"] == NOTES[0]


async def test_label_and_personal_data_stand_wherever_a_case_is_named(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    api = path.replace("/desk/", "/api/v1/")
    made = await served.post(f"{api}/escalations", {"to": HOSTS[0]}, "caseworker")
    offer = f"/desk/offers/{made.json['id']}"

    for page in ("/desk/cases", path, f"{path}/note", f"{path}/files"):
        text = await seen(desk, page)
        assert "TLP:AMBER" in text, page
        assert "No personal data" in text, page
    for page in ("/desk/offers", offer, f"{offer}/withdraw"):
        assert "TLP:AMBER" in await seen(desk, page), page
