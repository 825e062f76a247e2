"""What leaves of the framework by the pages of the desk, and which items it has."""

import html
import json

import pytest

from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.test_api_framework import adopted, items, own

ROOT = "/desk/framework"


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    await adopted(served)
    return await signed_in(served, "caseworker")


async def test_an_item_is_published_with_its_score_only_if_somebody_says_so(
    served: ServedHub, desk: Browser
) -> None:
    await desk.post(f"{ROOT}/tool-dpia/score", level="3", note="In force.")
    assert "With its score" in await seen(desk, f"{ROOT}/tool-dpia/publish")
    assert "With its score" not in await seen(desk, f"{ROOT}/tool-hria/publish")

    await desk.post(f"{ROOT}/tool-dpia/publish", scored="yes")
    without = await desk.post(f"{ROOT}/tool-hria/publish", scored="yes")
    await desk.post(f"{ROOT}/tool-hria/publish", label="tlp-green")

    assert without.status == 422
    page = await seen(desk, f"{ROOT}/public")
    assert "With its score" in page
    assert "TLP:GREEN" in page
    shown = (await served.get("/api/v1/framework")).json["items"]
    assert [(each["item"]["id"], each["score"]["level"]) for each in shown] == [("tool-dpia", 3)]


async def test_what_looks_like_personal_data_goes_out_only_after_somebody_looked(
    served: ServedHub, desk: Browser
) -> None:
    await desk.post(f"{ROOT}/tool-dpia", title="DPIA", what="Write to jan@office.example.")

    asked = await desk.post(f"{ROOT}/tool-dpia/publish")
    done = await desk.post(f"{ROOT}/tool-dpia/publish", confirmed="yes")

    assert asked.status == 422
    assert 'name="confirmed"' in asked.body.decode()
    assert done.status == 303
    assert len((await served.get("/api/v1/framework")).json["items"]) == 1


async def test_a_published_item_that_changed_says_so_and_is_taken_back_when_one_is_sure(
    served: ServedHub, desk: Browser
) -> None:
    await desk.post(f"{ROOT}/tool-dpia/publish")
    await desk.post(f"{ROOT}/tool-dpia", title="Other words")
    assert "Changed here since" in await seen(desk, f"{ROOT}/public")

    unsure = await desk.post(f"{ROOT}/tool-dpia/withdraw")
    sure = await desk.post(f"{ROOT}/tool-dpia/withdraw", sure="yes")

    assert [unsure.status, sure.status] == [422, 303]
    assert "Nothing is published" in await seen(desk, f"{ROOT}/public")
    assert (await served.get("/api/v1/framework")).json["items"] == []


async def test_a_score_is_taken_back(served: ServedHub, desk: Browser) -> None:
    await desk.post(f"{ROOT}/tool-dpia/score", level="3")
    assert "/tool-dpia/unscore" in await seen(desk, f"{ROOT}/tool-dpia/score")

    done = await desk.post(f"{ROOT}/tool-dpia/unscore", sure="yes")

    assert done.status == 303
    assert (await own(served))["scores"] == {}


async def test_documents_are_saved_and_have_scores_only_if_asked(desk: Browser) -> None:
    await desk.post(f"{ROOT}/tool-dpia/score", level="3", note="Canary evidence")
    await seen(desk, f"{ROOT}/documents")

    for kind in ("html", "markdown", "json"):
        answer = await desk.get(f"{ROOT}/documents/{kind}")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert b"Canary" not in answer.body
    for kind in ("html", "markdown"):
        assert b"Canary" in (await desk.get(f"{ROOT}/documents/{kind}?scores=yes")).body
    assert (await desk.get(f"{ROOT}/documents/pdf")).status == 400


async def test_a_saved_file_takes_the_place_of_ours_when_one_is_sure(
    served: ServedHub, desk: Browser
) -> None:
    file = (await desk.get(f"{ROOT}/documents/json")).body
    await desk.post(f"{ROOT}/tool-dpia/drop", sure="yes")

    unsure = await desk.upload(f"{ROOT}/replace", ("f.json", file))
    nothing = await desk.upload(f"{ROOT}/replace", fields={"sure": "yes"})
    wrong = await desk.upload(f"{ROOT}/replace", ("f.json", b"[]"), fields={"sure": "yes"})
    assert "tool-dpia" not in await items(served)
    done = await desk.upload(f"{ROOT}/replace", ("f.json", file), fields={"sure": "yes"})

    assert [unsure.status, nothing.status, wrong.status, done.status] == [422, 422, 422, 303]
    assert "tool-dpia" in await items(served)


async def test_a_hub_begins_with_the_framework_of_another_one(served: ServedHub) -> None:
    desk = await signed_in(served, "caseworker")
    await adopted(served)
    file = json.loads((await desk.get(f"{ROOT}/documents/json")).body)
    assert file["format"] == "rights-hub-framework/1"

    twice = await desk.upload(f"{ROOT}/adopt", ("f.json", json.dumps(file).encode()))

    assert twice.status == 422


async def test_an_item_of_our_own_is_added_moved_and_one_left_out_comes_back(
    served: ServedHub, desk: Browser
) -> None:
    given = {"title": "Rules for chatbots", "id": "chatbot-rules", "pillar": "tool-tools"}
    empty = await desk.post(f"{ROOT}/new")
    wrong = await desk.post(f"{ROOT}/new", {**given, "id": "Chatbot Rules"})
    taken = await desk.post(f"{ROOT}/new", {**given, "id": "tool-dpia"})
    added = await desk.post(f"{ROOT}/new", given)
    nowhere = await desk.post(f"{ROOT}/chatbot-rules/place", after="nothing")
    moved = await desk.post(f"{ROOT}/chatbot-rules/place", after="tool-dpia")

    assert [empty.status, wrong.status, taken.status] == [422, 422, 422]
    assert [added.status, nowhere.status, moved.status] == [303, 422, 303]
    found = list(await items(served))
    assert found[found.index("tool-dpia") + 1] == "chatbot-rules"

    await desk.post(f"{ROOT}/str-dpo/drop", sure="yes")
    assert "Bring it back" in await seen(desk, f"{ROOT}/new")
    assert (await desk.post(f"{ROOT}/str-dpo/bring-back")).status == 303
    assert "str-dpo" in await items(served)
    assert (await desk.post(f"{ROOT}/str-dpo/bring-back")).status == 404
    assert (await desk.get(f"{ROOT}/tool-tools/place")).status == 404


async def test_next_steps_lead_to_resources_that_were_attached(
    served: ServedHub, desk: Browser
) -> None:
    from tests.node.web.conftest import publish

    ulid = await publish(served)
    address = f"{served.settings.origin}/resources/{ulid}"
    await desk.post(
        f"{ROOT}/tool-dpia", {"title": "DPIA", "resources": address, "topics": "privacy"}
    )
    wrong = await desk.post(f"{ROOT}/tool-dpia", {"title": "DPIA", "resources": "chatbots"})

    await desk.post(f"{ROOT}/tool-dpia/score", level="1")

    assert wrong.status == 422
    page = await seen(desk, ROOT)
    assert "To read:" in page
    assert f'href="/resources/{ulid}"' in page
