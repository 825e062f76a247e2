"""Experts with an account look after their own listing."""

import html

import sqlite_utils

from content.changes import Act
from content.experts.accounts import ExpertAccountStore
from content.experts.record import ExpertRecord
from content.experts.store import ExpertStore
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import ServedHub
from tests.node.web.conftest import EXPERT, list_expert
from tests.node.web.test_desk_pages import opened


async def seen(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, (path, answer.status)
    return html.unescape(answer.body.decode())


async def listed(served: ServedHub) -> Browser:
    """Return the browser of an expert whose account is joined with a listing."""
    number = await list_expert(served)
    act = Act("operator", served.node.clock.now())
    await served.node.database.write(lambda db: ExpertAccountStore(db).link("expert", number, act))
    return await signed_in(served, "expert")


async def test_who_is_not_listed_is_told_whom_to_ask(served: ServedHub) -> None:
    expert = await signed_in(served, "expert")

    assert "You are not listed" in await seen(expert, "/desk/listing")
    assert (await expert.post("/desk/listing/confirm")).status == 404
    assert "/desk/listing" in await seen(expert, "/desk")


async def test_a_listing_is_confirmed_paused_resumed_and_left(served: ServedHub) -> None:
    expert = await listed(served)
    assert EXPERT["name"] in await seen(expert, "/desk/listing")

    assert (await expert.post("/desk/listing/confirm")).status == 303
    assert (await expert.post("/desk/listing/pause", starts="2020-01-01")).status == 303
    assert "flash-note" in await seen(expert, "/desk/listing")
    assert (await expert.post("/desk/listing/pause")).status == 303
    assert "Paused" in await seen(expert, "/desk/listing")
    assert EXPERT["name"] not in await seen(expert, "/experts")
    assert (await expert.post("/desk/listing/resume")).status == 303
    assert EXPERT["name"] in await seen(expert, "/experts")
    assert (await expert.post("/desk/listing/leave")).status == 422
    assert (await expert.post("/desk/listing/leave", sure="yes")).status == 303
    assert "You are not listed" in await seen(expert, "/desk/listing")
    assert EXPERT["name"] not in await seen(expert, "/experts")


async def test_who_it_is_about_corrects_a_listing_and_agrees_anew(served: ServedHub) -> None:
    expert = await listed(served)
    change = "/desk/listing/change"
    fields = {
        "name": EXPERT["name"],
        "bio": "Schreibt Klauseln.",
        "topics": "procurement",
        "languages": "nl",
        "capacity_hours": "3",
        "scope": "network",
    }
    assert "Writes contract clauses." in await seen(expert, change)
    agreed = (await _record(served)).consent_at

    empty = await expert.post(change, {**fields, "bio": ""})
    kept = await expert.post(change, fields)
    after = await _record(served)

    assert empty.status == 422
    assert kept.status == 303, kept.body
    assert "0 of 3 hours" in await seen(expert, "/desk/listing")
    assert after.bio == {"en": "Schreibt Klauseln.", "nl": "Schrijft voorwaarden."}
    assert after.example, "what the form does not show stays"
    assert after.confirmed_at is not None
    assert after.consent_at is not None
    assert agreed is not None
    assert after.consent_at > agreed, "another scope is another consent"
    assert EXPERT["name"] not in html.unescape((await served.get("/experts")).body.decode())


async def test_hours_on_no_case_are_noted(served: ServedHub) -> None:
    expert = await listed(served)

    assert (await expert.post("/desk/listing/hours", hours="1.5")).status == 303
    assert "1.5 of 8 hours" in await seen(expert, "/desk/listing")
    for wrong in ({"hours": ""}, {"hours": "25"}, {"hours": "1", "day": "2099-01-01"}):
        await expert.post("/desk/listing/hours", wrong)
        assert "flash-note" in await seen(expert, "/desk/listing")
    assert "1.5 of 8 hours" in await seen(expert, "/desk/listing")


async def _record(served: ServedHub) -> ExpertRecord:
    def read(db: sqlite_utils.Database) -> ExpertRecord:
        number = ExpertAccountStore(db).listing_of("expert")
        assert number is not None
        return ExpertStore(db).get(number).record

    return await served.node.database.read(read)


async def test_who_is_given_a_case_sees_what_it_has_in_common_with_the_listing_and_the_hours_left(
    served: ServedHub,
) -> None:
    expert, path = await listed(served), await opened(served)
    await served.post(
        f"{path.replace('/desk/', '/api/v1/')}/assign", {"users": ["expert"]}, "caseworker"
    )
    await expert.post("/desk/listing/hours", hours="2")

    page = await seen(expert, path)

    assert "<dt>Topics</dt><dd>Procurement, Contract clauses</dd>" in page
    assert "<dt>Language</dt><dd>English</dd>" in page
    assert "<dt>Whose law</dt><dd>Netherlands</dd>" in page
    assert "2 of 8 hours are taken, <strong>6 are left</strong>." in page
    await expert.post("/desk/listing/hours", hours="6")
    assert "nobody minds if you decline" in await seen(expert, path)


async def test_an_expert_without_a_listing_is_not_told_of_hours(served: ServedHub) -> None:
    expert, path = await signed_in(served, "expert"), await opened(served)
    await served.post(
        f"{path.replace('/desk/', '/api/v1/')}/assign", {"users": ["expert"]}, "caseworker"
    )

    page = await seen(expert, path)

    assert "Nothing that we noted about you has to do with this case." in page
    assert "Your time this month" not in page
