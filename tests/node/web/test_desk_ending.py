"""What the desk does for who asked: consents, a new code, redirecting, erasing; a case study."""

import html
import re
from typing import Any

import pytest

from content.people.permissions import Role
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_offering import sent_again, text_of
from tests.node.web.test_desk_pages import opened, seen

QUESTION = "We buy a chatbot for the housing office of our town and need clauses by Friday."


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    return await signed_in(served, "caseworker")


async def case_of(served: ServedHub, path: str) -> Any:
    return (await served.get(path.replace("/desk/", "/api/v1/"), "operator")).json


async def test_what_the_requester_agrees_to_is_noted(served: ServedHub, desk: Browser) -> None:
    path = await opened(served, consents={"escalate": "ask", "share_name": True})
    page = await seen(desk, f"{path}/consents")
    assert 'value="ask" checked' in page

    wrong = await desk.post(f"{path}/consents")
    noted = await desk.post(f"{path}/consents", escalate="yes", publish_lesson="yes")

    assert (wrong.status, noted.status) == (422, 303)
    consents = (await case_of(served, path))["consents"]
    assert consents["escalate"] == "yes"
    assert consents["publish_lesson"]
    assert not consents["share_name"]


async def test_a_new_code_is_shown_once_and_the_one_before_opens_nothing(
    served: ServedHub, desk: Browser
) -> None:
    taken = await served.post(
        "/api/v1/cases",
        {
            "title": "Clauses",
            "question": "Which?",
            "topics": ["procurement"],
            "language": "en",
            "country": "NL",
            "requester": {"role": "who-city-official"},
        },
        "caseworker",
    )
    path = f"/desk/cases/{taken.json['id']}"

    unsure = await desk.post(f"{path}/code")
    made = await desk.post(f"{path}/code", sure="yes")

    assert unsure.status == 422
    [code] = re.findall(r"<code>([0-9A-Z-]{8,})</code>", text_of(made))
    assert made.headers["Cache-Control"] == "no-store"
    old = await served.get("/api/v1/requests/mine", Authorization=f"Receipt {taken.json['code']}")
    new = await served.get("/api/v1/requests/mine", Authorization=f"Receipt {code}")
    assert (old.status, new.status) == (404, 200)
    assert code not in await seen(desk, f"{path}/code")


async def test_a_personal_matter_is_redirected_and_erased(served: ServedHub, desk: Browser) -> None:
    path = await opened(served, topics=["privacy"])
    page = await seen(desk, f"{path}/redirect")
    chosen = re.findall(r'name="bodies" value="([^"]+)" checked', page)
    assert chosen

    unsure = await desk.post(f"{path}/redirect", bodies=chosen[0])
    nobody = await desk.post(f"{path}/redirect", sure="yes")
    assert (unsure.status, nobody.status) == (422, 422)
    done = await desk.post(f"{path}/redirect", bodies=chosen[0], sure="yes")

    assert (done.status, done.headers["Location"]) == (303, "/desk/cases")
    gone = await desk.get(path)
    assert (gone.status, "This case is erased" in text_of(gone)) == (410, True)


async def test_a_case_is_erased_when_who_asked_wants_that(served: ServedHub, desk: Browser) -> None:
    path = await opened(served)
    assert "There is no way back." in await seen(desk, f"{path}/erase")

    unsure = await desk.post(f"{path}/erase")
    assert unsure.status == 422
    assert (await case_of(served, path))["status"] == "case-received"
    done = await desk.post(f"{path}/erase", sure="yes")

    assert done.status == 303
    gone = await desk.get(path)
    assert (gone.status, "This case is erased" in text_of(gone)) == (410, True)


async def test_people_are_taken_off_a_case_and_say_yes_to_it(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    await desk.post(f"{path}/assign", users="expert")
    expert = await signed_in(served, Role.EXPERT.value)
    assert "You were given this case" in await seen(expert, path)

    unsure = await expert.post(f"{path}/accept")
    assert (unsure.status, "decline the case and say why." in text_of(unsure)) == (422, True)
    taken = await expert.post(f"{path}/accept", no_conflict="yes")

    assert taken.status == 303
    page = await seen(expert, path)
    assert "You were given this case" not in page
    assert "took it on, and declared no conflict of interest" in page
    history = await seen(expert, f"{path}/history")
    assert "Case taken on, and no conflict of interest declared" in history
    assert (await desk.post(f"{path}/unassign")).status == 422
    assert (await desk.post(f"{path}/unassign", users="expert")).status == 303
    assert (await expert.get(path)).status == 404


async def answered(served: ServedHub, desk: Browser, **other: Any) -> str:
    path = await opened(served, question=QUESTION, **other)
    sent = await desk.post(f"{path}/answer", text="Keep logs short.", do="save")
    assert sent.status == 303
    return path


async def test_an_answered_case_becomes_a_case_study_that_was_looked_through(
    served: ServedHub, desk: Browser
) -> None:
    path = await answered(served, desk, consents={"publish_lesson": True})
    assert f"{path}/study" in await seen(desk, path)
    page = await seen(desk, f"{path}/study")
    study = {
        "title": "Buying a chatbot",
        "summary": "Keep logs short. Ask Ms. Person, canary@city.example.",
        "language": "en",
        "topics": "procurement",
    }
    assert QUESTION in page
    assert "Look it through" in page

    shown = await desk.post(f"{path}/study", study)
    found = html.unescape(text_of(shown))
    assert "2 places may tell who asked" in found
    assert "canary@city.example" in found
    again = sent_again(shown)
    refused = await desk.send(f"{path}/study", [*again, ("do", "keep")])
    assert refused.status == 422
    assert "confirm that it may stay" in text_of(refused)
    kept = await desk.send(f"{path}/study", [*again, ("confirmed", "yes"), ("do", "keep")])

    assert kept.status == 303
    draft = kept.headers["Location"]
    assert draft.startswith("/desk/catalogue/")
    assert "Buying a chatbot" in await seen(desk, draft)


async def test_without_consent_a_case_study_says_whom_to_ask(
    served: ServedHub, desk: Browser
) -> None:
    path = await answered(served, desk, consents={})

    page = await seen(desk, f"{path}/study")

    assert "has not agreed" in page
    assert f"{path}/consents" in page


async def test_staff_who_work_on_a_case_themselves_declare_it_as_well(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served)
    await desk.post(f"{path}/take")
    assert "Do you take this case on?" in await seen(desk, path)

    assert (await desk.post(f"{path}/accept")).status == 422
    assert (await desk.post(f"{path}/accept", no_conflict="yes")).status == 303

    assert "took it on, and declared no conflict of interest" in await seen(desk, path)
