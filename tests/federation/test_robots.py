"""Sites that ask programs to stay away are left alone, and it is told without blame."""

import gzip
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import web

from content.resources.link_checks import LinkStore
from content.resources.resource import LinkStatus
from content.resources.robots_files import RobotsFiles
from federation.link_checking import check_due, look_at
from federation.robots import may_ask
from protocol.robots import LARGEST
from tests.federation.harvesting.conftest import Harvester, harvester
from tests.federation.test_link_checking import (
    Documents,
    check_of,
    publish,
    says,
    status_of,
)

__all__ = ["harvester"]

STAY_AWAY = "User-agent: *\nDisallow: /"
Answer = Callable[[], web.Response]


def file(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return lambda: web.Response(status=status, body=raw, headers=headers)


@pytest.fixture
async def documents() -> AsyncIterator[Documents]:
    async with Documents(answers={"/a": says(200)}) as server:
        yield server


def robots_questions(documents: Documents) -> int:
    return documents.asked.count("/robots.txt")


async def test_a_site_that_wants_no_programs_is_not_asked_and_its_link_is_neither_broken_nor_ok(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers["/robots.txt"] = file(STAY_AWAY)
    url = f"{documents.origin}/a"
    ulid = await publish(harvester, url)

    done = await check_due(harvester.node)
    check = await check_of(harvester, url)
    counts = await harvester.node.database.read(lambda db: LinkStore(db).counts())

    assert done.states == {"disallowed": 1}
    assert documents.methods == []
    assert check is not None
    assert (check.status, check.reason) == (
        "disallowed",
        "The site asks programs to stay away (robots.txt).",
    )
    assert await status_of(harvester, ulid) == LinkStatus.UNCHECKED
    assert counts == {"disallowed": 1}
    assert not await harvester.node.database.read(
        lambda db: LinkStore(db).report(("gone", "unreachable", "moved"))
    )


async def test_a_link_that_was_broken_is_so_no_more_once_the_site_wants_no_programs(
    harvester: Harvester, documents: Documents
) -> None:
    url = f"{documents.origin}/gone"
    ulid = await publish(harvester, url)
    await check_due(harvester.node)
    documents.answers["/robots.txt"] = file(STAY_AWAY)
    harvester.clock.advance(days=40)
    before = await status_of(harvester, ulid)
    await check_due(harvester.node)

    assert (before, await status_of(harvester, ulid)) == (LinkStatus.BROKEN, LinkStatus.UNCHECKED)


@pytest.mark.parametrize(
    ("robots", "status"),
    [
        (says(404), "ok"),
        (says(401), "ok"),
        (says(403), "ok"),
        (says(451), "ok"),
        (file(""), "ok"),
        (file("<html><title>Not found</title></html>"), "ok"),
        (file("User-agent: *\nDisallow: /b"), "ok"),
        (file("User-agent: *\nDisallow: /\nUser-agent: RightsHub\nDisallow:"), "ok"),
        (file("\ufeffuser-agent : rightshub\r\ndisallow : /a$ # why"), "disallowed"),
        (file(gzip.compress(STAY_AWAY.encode()), **{"Content-Encoding": "gzip"}), "disallowed"),
        (file(STAY_AWAY.encode("latin-1") + b"\n# d\xe9j\xe0"), "disallowed"),
        (file(f"{STAY_AWAY}\n#".encode() + b"x" * (LARGEST + 9)), "disallowed"),
        (file(STAY_AWAY, **{"Content-Type": "text/html"}), "disallowed"),
        (file(STAY_AWAY, status=203), "disallowed"),
    ],
)
async def test_what_a_site_says_decides(
    harvester: Harvester, documents: Documents, robots: Answer, status: str
) -> None:
    documents.answers["/robots.txt"] = robots

    assert (await look_at(harvester.node, f"{documents.origin}/a")).status == status


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_a_site_that_cannot_say_is_not_asked_today_and_nothing_is_held_against_it(
    harvester: Harvester, documents: Documents, status: int
) -> None:
    url = f"{documents.origin}/a"
    await publish(harvester, url)
    await check_due(harvester.node)
    documents.answers["/robots.txt"] = says(status)
    harvester.clock.advance(days=40)
    await harvester.node.database.write(lambda db: db.execute("delete from robots_files"))
    documents.methods.clear()

    done = await check_due(harvester.node)
    check = await check_of(harvester, url)

    assert (done.later, documents.methods) == (1, [])
    assert check is not None
    assert check.status == "ok"
    assert check.due_at - harvester.clock.now() <= timedelta(days=1)


async def test_a_site_that_cannot_say_for_a_month_counts_as_one_without_rules(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers["/robots.txt"] = says(500)
    url = f"{documents.origin}/a"

    answers = []
    for _ in range(4):
        answers.append((await may_ask(harvester.node, url)).answer)
        harvester.clock.advance(days=11)

    assert answers == ["later", "later", "later", "yes"]


async def test_rules_that_are_known_count_as_long_as_the_site_cannot_say(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers["/robots.txt"] = file("User-agent: *\nDisallow: /a")
    await may_ask(harvester.node, documents.origin)
    documents.answers["/robots.txt"] = says(503)
    harvester.clock.advance(days=3)

    answers = [
        (await may_ask(harvester.node, f"{documents.origin}/{path}")).answer for path in "ab"
    ]

    assert answers == ["no", "yes"]


async def test_a_server_that_is_not_there_is_what_is_told_of_its_link(
    harvester: Harvester, documents: Documents
) -> None:
    await documents.__aexit__()

    seen = await look_at(harvester.node, f"{documents.origin}/a")

    assert (seen.status, seen.busy) == ("unreachable", False)
    assert seen.reason == "No connection to 127.0.0.1."


async def test_a_site_is_asked_once_a_day_however_many_links_lead_to_it(
    harvester: Harvester, documents: Documents
) -> None:
    for number in range(5):
        await look_at(harvester.node, f"{documents.origin}/{number}")
    first = robots_questions(documents)
    harvester.clock.advance(days=2)
    await look_at(harvester.node, f"{documents.origin}/a")

    assert (first, robots_questions(documents)) == (1, 2)
    assert all(agent.startswith("RightsHub/") for agent in documents.agents)


async def test_a_site_that_changed_its_mind_is_believed(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers["/robots.txt"] = file(STAY_AWAY)
    url = f"{documents.origin}/a"
    await publish(harvester, url)
    await check_due(harvester.node)
    documents.answers["/robots.txt"] = says(404)
    harvester.clock.advance(days=40)
    await check_due(harvester.node)
    check = await check_of(harvester, url)

    assert check is not None
    assert check.status == "ok"


async def test_a_redirect_is_followed_to_the_rules_but_not_for_ever_and_not_to_where_we_do_not_go(
    harvester: Harvester, documents: Documents
) -> None:
    answers = documents.answers
    answers["/robots.txt"] = says(301, Location="/www/robots.txt")
    answers["/www/robots.txt"] = file(STAY_AWAY)
    followed = await look_at(harvester.node, f"{documents.origin}/a")
    found = []
    for target in ("/robots.txt", "https://10.0.0.1/robots.txt", "file:///etc/passwd", "http://["):
        answers["/robots.txt"] = says(302, Location=target)
        harvester.clock.advance(days=2)
        found.append((await look_at(harvester.node, f"{documents.origin}/a")).status)

    assert followed.status == "disallowed"
    assert found == ["ok"] * 4


async def test_a_link_that_leads_to_another_site_asks_that_one_too(
    harvester: Harvester, documents: Documents
) -> None:
    async with Documents(answers={"/robots.txt": file(STAY_AWAY), "/b": says(200)}) as other:
        documents.answers["/a"] = says(301, Location=f"{other.origin}/b")

        seen = await look_at(harvester.node, f"{documents.origin}/a")

        assert seen.status == "disallowed"
        assert seen.reason == (
            f"It leads to {other.authority}, which asks programs to stay away (robots.txt)."
        )
        assert other.methods == []


async def test_no_site_that_we_do_not_go_to_is_asked_for_its_rules(harvester: Harvester) -> None:
    seen = await look_at(harvester.node, "https://169.254.169.254/latest")

    kept = await harvester.node.database.read(
        lambda db: RobotsFiles(db).find("https://169.254.169.254")
    )
    assert (seen.status, kept) == ("refused", None)


async def test_a_site_that_wants_to_be_asked_slowly_is_asked_slowly(
    harvester: Harvester, documents: Documents
) -> None:
    documents.answers["/robots.txt"] = file("User-agent: *\nCrawl-delay: 20\nDisallow: /x")
    for number in range(4):
        await publish(harvester, f"{documents.origin}/{number}", f"Number {number}")
    before = harvester.clock.now()

    await check_due(harvester.node)

    assert (harvester.clock.now() - before).total_seconds() >= 60


async def test_answers_of_sites_are_forgotten_in_the_end(
    harvester: Harvester, documents: Documents
) -> None:
    await look_at(harvester.node, f"{documents.origin}/a")
    now = harvester.clock.advance(days=91)

    assert await harvester.node.database.write(lambda db: RobotsFiles(db).prune(now)) == 1
