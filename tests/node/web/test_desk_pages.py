"""The desk on pages, as staff click through it: queue, case, drafts, offers."""

import html
import re
from typing import Any

import pytest

from content.cases.outcome import MEANINGS
from node.web.views.desk.steps import OUTCOMES
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import publish

CASE: dict[str, Any] = {
    "title": "Canary chatbot",
    "question": "Which clauses, canary?",
    "topics": ["procurement"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official", "name": "Canary Person"},
}


async def opened(served: ServedHub, **other: Any) -> str:
    answer = await served.post("/api/v1/cases", {**CASE, **other}, "caseworker")
    assert answer.status == 201, answer.body
    return f"/desk/cases/{answer.json['id']}"


async def seen(browser: Browser, path: str) -> str:
    """Return the text of a page, as it stands in its source."""
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


async def test_an_empty_desk_says_so(desk: Browser) -> None:
    assert "Nothing is waiting for you." in await seen(desk, "/desk")
    assert "No case is at work" in await seen(desk, "/desk/cases")
    assert "No offers" in await seen(desk, "/desk/offers")


async def test_a_request_by_phone_becomes_a_case_with_a_code(desk: Browser) -> None:
    fields = {
        "title": "Cameras at the market",
        "question": "May we?",
        "role": "who-city-official",
        "language": "en",
        "country": "NL",
        "sensitivity": "data-none",
        "topics": "urban-surveillance",
    }
    wrong = await desk.post("/desk/new-case", {**fields, "title": ""})
    assert wrong.status == 422
    assert b"Write what it is about, in a line." in wrong.body

    taken = await desk.post("/desk/new-case", fields)

    page = taken.body.decode()
    assert taken.status == 200, re.findall(r'class="mistake".*', page)
    assert re.search(r"<code>[0-9A-Z-]{8,}</code>", page)
    assert "Cameras at the market" in await seen(desk, "/desk")


async def test_the_queue_is_filtered_by_status_person_and_day(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)

    assert "Canary chatbot" in await seen(desk, "/desk/cases")
    assert "Canary chatbot" in await seen(desk, "/desk/cases?who=nobody&status=case-received")
    assert "No case fits" in await seen(desk, "/desk/cases?who=me")
    assert "No case fits" in await seen(desk, "/desk/cases?due=overdue")
    await desk.post(f"{path}/take")
    assert "Canary chatbot" in await seen(desk, "/desk/cases?who=me")
    bad = await desk.get("/desk/cases?status=nonsense")
    assert bad.status == 400


async def test_a_case_shows_label_sensitivity_and_what_can_be_done(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)

    page = await seen(desk, path)

    assert "TLP:AMBER" in page
    assert "Which clauses, canary?" in page
    assert "Canary Person" in page
    assert f"{path}/triage" in page
    assert f"{path}/reopen" not in page


async def test_a_case_is_checked_given_dated_asked_and_closed_by_clicking(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    form = await seen(desk, f"{path}/triage")
    assert 'value="Canary chatbot"' in form

    checked = {
        "title": "Chatbot clauses",
        "question": "Which?",
        "urgency": "urgency-high",
        "label": "tlp-amber",
        "sensitivity": "data-personal",
        "topics": "procurement",
    }
    lowered = await desk.post(f"{path}/triage", {**checked, "label": "tlp-clear"})
    assert lowered.status == 422
    done = await desk.post(f"{path}/triage", checked)
    assert (done.status, done.headers["Location"]) == (303, path)
    assert (await desk.post(f"{path}/assign", users="expert")).status == 303
    assert (await desk.post(f"{path}/due", day="2020-01-01")).status == 422
    assert (await desk.post(f"{path}/note", text="")).status == 422
    assert (await desk.post(f"{path}/note", text="Call them")).status == 303
    assert (await desk.post(f"{path}/ask", text="For which service?")).status == 303

    page = await seen(desk, path)
    assert "Chatbot clauses" in page
    assert "For which service?" in page
    assert "Call them" in page
    assert (await desk.post(f"{path}/close", outcome="no-reply")).status == 303
    assert f"{path}/reopen" in await seen(desk, path)
    assert "Case closed" in await seen(desk, f"{path}/history")


async def test_an_expert_sees_the_cases_given_to_them_and_no_others(
    served: ServedHub, desk: Browser
) -> None:
    path, other = await opened(served), await opened(served, title="Not theirs")
    await desk.post(f"{path}/assign", users="expert")
    expert = await signed_in(served, "expert")

    queue = await seen(expert, "/desk/cases")

    assert "Canary chatbot" in queue
    assert "Not theirs" not in queue
    assert (await expert.get(other)).status == 404
    page = await seen(expert, path)
    assert f"{path}/close" not in page
    assert f"{path}/hours" in page
    assert (await expert.post(f"{path}/hours", hours="1.5")).status == 303
    assert (await expert.post(f"{path}/decline", reason="On leave")).status == 303


async def test_a_draft_is_written_with_sources_commented_approved_and_sent(
    served: ServedHub, desk: Browser
) -> None:
    path, resource = await opened(served), await publish(served)
    await desk.post(f"{path}/take")
    source = f"{served.node.hub.identity.origin}/resources/{resource}"

    found = await desk.post(
        f"{path}/drafts", text="Use these clauses.", find="algoritmes", do="find"
    )
    assert source in found.body.decode()
    kept = await desk.post(f"{path}/drafts", text="Use these clauses.", cites=source, do="save")
    draft = kept.headers["Location"]
    assert "Inkoopvoorwaarden" in await seen(desk, draft)
    assert (await desk.post(draft, text="Better.", cites=source, revision="1")).status == 303
    operator = await signed_in(served, "operator")
    assert (await operator.post(f"{draft}/comment", remark="Good", revision="2")).status == 303
    older = await operator.post(f"{draft}/approve", revision="1")
    assert older.status == 422
    assert (await operator.post(f"{draft}/approve", revision="2")).status == 303
    unknown = await desk.post(f"{path}/answer", text="x", cites="https://nowhere.example/x")
    assert unknown.status == 422

    assert "Better." in await seen(desk, f"{path}/answer")
    draft_id = draft.rpartition("/")[2]
    sent = await desk.post(
        f"{path}/answer", text="Use these clauses.", cites=source, drafts=draft_id, do="save"
    )

    assert sent.status == 303, sent.body.decode()
    case = await seen(desk, path)
    assert "Use these clauses." in case
    assert "Inkoopvoorwaarden" in case


def test_every_outcome_has_its_words() -> None:
    assert {name: text for name, text in OUTCOMES.items() if name != "withdrawn"} == {
        outcome.value: text for outcome, text in MEANINGS.items() if outcome.value != "withdrawn"
    }


async def test_what_is_not_there_is_not_found(served: ServedHub, desk: Browser) -> None:
    gone = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    path = await opened(served)

    for missing in (f"/desk/cases/{gone}", f"/desk/offers/{gone}", f"{path}/drafts/{gone}"):
        assert (await desk.get(missing)).status == 404


async def test_a_case_without_a_peer_says_who_approves_hubs(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)

    assert "There is no hub to offer it to" in await seen(desk, f"{path}/offer")
    assert "Who could help?" in await seen(desk, f"{path}/match")
