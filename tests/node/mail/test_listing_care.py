"""Experts look after their own listing: a mail twice a year, and a page that does what they say."""

import re
from datetime import timedelta
from typing import Any

import pytest

from content.cases.dates import day_of
from content.changes import Act
from content.experts.contacts import ExpertContactStore
from content.experts.expert import Expert
from content.experts.links import VALID
from content.experts.record import read_expert
from content.experts.store import ExpertStore
from content.mail.words import WORDS
from content.times import to_milliseconds
from federation.listing_care import (
    MOST_ASKED,
    NoExpertAddress,
    ask_to_confirm,
    make_link,
    remind_experts,
    turn_pauses,
)
from federation.publishing_experts import add_expert, confirm_expert, pause_expert
from node.clock import WallClock
from node.workers import Workers
from tests.mail_server import Taken
from tests.node.conftest import Answered
from tests.node.mail.conftest import MailHub

ADDRESS = "omar@cabinet.example"
OMAR: dict[str, Any] = {
    "name": "CANARYNAME Omar",
    "bio": {"fr": "Marchés publics."},
    "languages": ["fr", "ar"],
    "topics": ["procurement"],
    "jurisdictions": ["TN"],
    "capacity_hours": 4,
    "conflicts": "Not for vendors.",
    "scope": "public",
}


class Listed:
    """An expert of the hub under test, in words."""

    def __init__(self, hub: MailHub, expert: Expert) -> None:
        self.hub, self.id = hub, expert.id

    async def now(self) -> Expert:
        """Return the listing as it is; under its new id, if it has one."""
        (row,) = await self.hub.rows("select id from experts order by id desc limit 1")
        self.id = row[0]
        return await self.hub.served.node.database.read(lambda db: ExpertStore(db).get(self.id))

    async def does(self, work: Any, **more: Any) -> Any:
        """Do something to the listing as an operator does."""
        node = self.hub.served.node
        act = Act("operator", self.hub.clock.now())
        return await node.database.write(lambda db: work(db, node.hub, self.id, act, **more))

    async def days_pass(self, days: float) -> int:
        """Let days pass, and the server look after listings once; return how many it asked."""
        self.hub.clock.advance(days=days)
        node = self.hub.served.node
        act = Act("system", self.hub.clock.now())
        await node.database.write(lambda db: turn_pauses(db, node.hub, act))
        return await node.database.write(lambda db: remind_experts(db, node.hub, act))

    async def is_found(self) -> bool:
        """Return whether a stranger finds the listing."""
        found = await self.hub.served.get("/api/v1/experts?topic=procurement")
        return bool(found.json["items"])


@pytest.fixture
async def omar(hub: MailHub) -> Listed:
    return await lists(hub)


async def lists(hub: MailHub, address: str | None = ADDRESS, **changes: Any) -> Listed:
    node = hub.served.node
    act = Act("operator", hub.clock.now())

    def work(db: Any) -> Expert:
        expert = add_expert(db, node.hub, read_expert({**OMAR, **changes}), act)
        if address is not None:
            contacts = ExpertContactStore(db, node.hub.vault)
            contacts.put(expert.id, address, act, node.hub.chance)
        return expert

    return Listed(hub, await node.database.write(work))


def link_in(mail: Taken) -> str:
    found = re.search(r"http://127\.0\.0\.2:9802(/listing/[\w-]{43})", mail.text)
    assert found, mail.text
    return found[1]


async def look(hub: MailHub, path: str) -> Answered:
    return await hub.served.get(path, Accept="text/html")


async def send(hub: MailHub, path: str, **form: str) -> Answered:
    body = "&".join(f"{name}={value}" for name, value in form.items())
    return await hub.served.call(
        "POST",
        path,
        data=body.encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
    )


async def test_after_half_a_year_an_expert_is_asked_and_confirms_with_one_click(
    hub: MailHub, omar: Listed
) -> None:
    """Given 183 days, when the link is only opened nothing changes, when the button is pressed
    the listing is confirmed, under its old id, and nobody asks again."""
    assert await omar.days_pass(183) == 0
    assert await omar.days_pass(1) == 1
    (mail,) = await hub.mails()
    before = await omar.now()

    page = await look(hub, link_in(mail))
    await look(hub, link_in(mail))
    seen = await omar.now()
    done = await send(hub, link_in(mail), decision="confirm")

    assert mail.recipients == [ADDRESS]
    assert mail.message["Subject"] == WORDS["fr"].listing_subject
    assert "CANARY" not in mail.raw.decode()
    assert "CANARYNAME" in page.body.decode()
    assert seen == before
    assert done.status == 200
    confirmed = await omar.now()
    assert (confirmed.id, confirmed.record.confirmed_at) == (
        before.id,
        to_milliseconds(hub.clock.now()),
    )
    assert await omar.days_pass(100) == 0


async def test_the_page_is_for_one_person_and_kept_nowhere(hub: MailHub, omar: Listed) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]

    page = await look(hub, path)

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_who_does_not_answer_is_asked_three_times_a_month_apart(
    hub: MailHub, omar: Listed
) -> None:
    asked = [await omar.days_pass(days) for days in (184, 1, 28, 1, 30, 30, 200)]

    assert asked == [1, 0, 0, 1, 1, 0, 0]
    assert sum(asked) == MOST_ASKED


async def test_who_confirms_is_asked_anew_half_a_year_later(hub: MailHub, omar: Listed) -> None:
    for days in (184, 30, 30):
        await omar.days_pass(days)
    await omar.does(confirm_expert)

    assert await omar.days_pass(180) == 0
    assert await omar.days_pass(4) == 1


async def test_who_left_no_address_is_not_asked(hub: MailHub) -> None:
    listed = await lists(hub, address=None)

    assert await listed.days_pass(400) == 0
    with pytest.raises(NoExpertAddress):
        await listed.does(ask_to_confirm)


async def test_of_the_link_and_the_address_nothing_can_be_read_in_the_file(
    hub: MailHub, omar: Listed
) -> None:
    await omar.does(ask_to_confirm)
    waiting = b"".join(path.read_bytes() for path in hub.served.home.path.glob("hub.sqlite*"))
    (mail,) = await hub.mails()
    token = link_in(mail).rpartition("/")[2]

    sent = b"".join(path.read_bytes() for path in hub.served.home.path.glob("hub.sqlite*"))

    for at_rest in (waiting, sent):
        assert token.encode() not in at_rest
        assert ADDRESS.encode() not in at_rest
    assert await hub.rows("select token, wrapped_key from expert_links") == [(None, None)]


async def test_an_expert_is_away_from_one_day_until_another(hub: MailHub, omar: Listed) -> None:
    """Given a pause planned for next week, then the listing goes and comes back on its days."""
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]
    today = day_of(hub.clock.now(), hub.served.node.hub.identity.timezone)
    first, last = today + timedelta(days=7), today + timedelta(days=9)

    planned = await send(hub, path, decision="pause", **{"from": str(first), "until": str(last)})

    assert (planned.status, await omar.is_found()) == (200, True)
    found = []
    for _ in range(11):
        await omar.days_pass(1)
        found.append(await omar.is_found())
    assert found == [True] * 6 + [False] * 3 + [True] * 2
    assert (await omar.now()).record.confirmed_at is None
    assert await hub.rows("select * from expert_pauses") == []
    assert (await look(hub, path)).status == 200, "the link goes along with the new id"


async def test_a_pause_that_passed_while_the_server_was_down_is_forgotten(
    hub: MailHub, omar: Listed
) -> None:
    today = day_of(hub.clock.now(), hub.served.node.hub.identity.timezone)
    first, last = today + timedelta(days=7), today + timedelta(days=9)
    await omar.does(pause_expert, starts=first, until=last)

    await omar.days_pass(20)

    assert await omar.is_found()
    assert await hub.rows("select * from expert_pauses") == []


async def test_who_is_away_comes_back_by_confirming(hub: MailHub, omar: Listed) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]
    await send(hub, path, decision="pause")
    away = await omar.is_found()

    await send(hub, path, decision="confirm")

    assert (away, await omar.is_found()) == (False, True)
    assert await hub.rows("select * from expert_pauses") == []


async def test_who_leaves_is_sure_and_then_gone_with_all_that_belonged_to_them(
    hub: MailHub, omar: Listed
) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]

    unsure = await send(hub, path, decision="leave")
    assert (unsure.status, await omar.is_found()) == (422, True)
    left = await send(hub, path, decision="leave", sure="yes")

    assert (left.status, await omar.is_found()) == (200, False)
    for table in ("expert_contacts", "expert_links", "expert_hours", "expert_pauses"):
        assert await hub.rows(f"select * from {table}") == []  # noqa: S608
    again = await send(hub, path, decision="leave", sure="yes")
    assert again.status == 404
    assert await hub.rows("select distinct by from changes where what = 'expert.leave'") == [
        (f"expert:{omar.id}",)
    ]


async def test_a_link_ends_after_thirty_days(hub: MailHub, omar: Listed) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]
    hub.clock.advance(seconds=VALID.total_seconds() - 1)
    last = await look(hub, path)
    hub.clock.advance(seconds=1)

    assert (last.status, (await look(hub, path)).status) == (200, 404)
    assert (await send(hub, path, decision="leave", sure="yes")).status == 404
    assert await omar.is_found()


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "A" * 4000])
async def test_a_link_that_is_none_says_so_and_nothing_else(
    hub: MailHub, omar: Listed, token: str
) -> None:
    for answer in (
        await look(hub, f"/listing/{token}"),
        await send(hub, f"/listing/{token}", decision="confirm"),
    ):
        assert answer.status in (404, 405)
        assert b"CANARY" not in answer.body


async def test_guessing_links_is_stopped_also_for_the_right_one(hub: MailHub, omar: Listed) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]

    answers = [await look(hub, f"/listing/{number:043}") for number in range(12)]

    assert [each.status for each in answers] == [404] * 10 + [429] * 2
    assert (await send(hub, path, decision="confirm")).status == 429


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({}, 400, ""),
        ({"decision": "perhaps"}, 400, ""),
        ({"decision": "pause", "until": "2001-01-01"}, 422, "or later"),
        ({"decision": "pause", "from": "soon"}, 422, "YYYY-MM-DD"),
        ({"decision": "pause", "until": "2999-01-01"}, 422, "or before"),
    ],
)
async def test_a_form_that_makes_no_sense_changes_nothing(
    hub: MailHub, omar: Listed, form: dict[str, str], status: int, words: str
) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]
    before = await omar.now()

    answer = await send(hub, path, **form)

    assert answer.status == status
    assert words in answer.body.decode()
    assert await omar.now() == before
    assert await hub.rows("select * from expert_pauses") == []


async def test_a_letter_to_somebody_who_left_meanwhile_is_not_sent(
    hub: MailHub, omar: Listed
) -> None:
    path = "/listing/" + (await omar.does(make_link)).rpartition("/")[2]
    await omar.does(ask_to_confirm)
    await send(hub, path, decision="leave", sure="yes")

    assert await hub.mails() == []


async def test_the_server_looks_after_listings_by_itself(hub: MailHub) -> None:
    """Given an old listing, when the workers run, then a link is made and the mail is sent."""
    clock = hub.served.node.clock = hub.postman.node.clock = WallClock()
    agreed = clock.now() - timedelta(days=200)
    await lists(hub, consent_at=agreed)
    workers = Workers(hub.served.node, alone=True, postman=hub.postman)

    workers.start()
    try:
        await hub.office.until(1)
    finally:
        await workers.stop()

    assert [mail.recipients for mail in hub.office.taken] == [[ADDRESS]]
