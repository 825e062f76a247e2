"""Who is told by mail, how often, and that no mail says what it is about."""

import json
import re

import pytest
import sqlite_utils

from content.cases.request import Consents
from content.cases.retention import Periods
from content.cases.store import CaseStore
from content.changes import Act
from content.mail.kinds import FOR_STAFF, MailKind
from content.mail.people import MailPersonStore
from content.mail.words import WORDS
from federation.law.retention_run import run_retention
from tests.node.mail.conftest import REQUEST, SENDER, MailHub

CANARIES = ("CANARY", "station", "city do this", "who-city")


async def test_a_user_is_told_that_a_case_is_theirs_and_not_what_it_is(hub: MailHub) -> None:
    await hub.has_address("expert", "omar@tunis.example", "ar")
    case = await hub.has_request()
    await hub.does(case, "assign", {"users": ["expert"]})

    (mail,) = await hub.mails()

    assert mail.recipients == ["omar@tunis.example"]
    assert mail.sender == SENDER
    assert mail.message["Subject"] == WORDS["ar"].staff_subject
    assert f"{WORDS['ar'].staff[MailKind.ASSIGNED]}: 1" in mail.text
    assert case not in mail.raw.decode("ascii")


async def test_the_headers_say_that_a_program_wrote(hub: MailHub) -> None:
    await hub.has_address("expert", "omar@tunis.example")
    await hub.does(await hub.has_request(), "assign", {"users": ["expert"]})

    (mail,) = await hub.mails()

    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Message-ID"].endswith("@hub.example>")
    assert mail.message["Date"].datetime.replace(tzinfo=None) == hub.clock.now().replace(
        tzinfo=None, microsecond=0
    )
    assert mail.message["From"] == f"Amsterdam <{SENDER}>"
    assert mail.message.get_content_type() == "text/plain"


async def test_a_requester_who_agreed_is_told_in_the_language_of_the_request(hub: MailHub) -> None:
    case = await hub.has_request()
    await hub.does(case, "ask", {"text": "CANARYASK which station?"})

    (mail,) = await hub.mails()

    assert mail.recipients == ["ana@city.example"]
    assert mail.message["Subject"] == WORDS["es"].news_subject
    (address,) = re.findall(r"http://127\.0\.0\.2:9802(/\S*)", mail.text)
    page = await hub.served.get(address, Accept="text/html")
    assert page.status == 200
    assert f'id="{address.partition("#")[2]}"'.encode() in page.body


@pytest.mark.parametrize(
    "changes",
    [
        {"consents": {"mail_notices": False}},
        {"requester": {**REQUEST["requester"], "contact": "+31 20 555 0100"}},
        {"requester": {**REQUEST["requester"], "contact": ""}},
    ],
    ids=["no-consent", "phone", "nothing"],
)
async def test_a_requester_without_consent_or_address_is_not_told(
    hub: MailHub, changes: dict[str, object]
) -> None:
    case = await hub.has_request(**changes)
    await hub.does(case, "answer", {"text": "Yes."})

    assert await hub.mails() == []
    assert await hub.rows("select * from mail_occasions") == []


async def test_consent_that_was_taken_back_counts_also_for_what_waits(hub: MailHub) -> None:
    case = await hub.has_request()
    await hub.does(case, "answer", {"text": "Yes."})

    def withdraw(db: sqlite_utils.Database) -> None:
        store = CaseStore(db, hub.served.node.hub.vault)
        before = store.get(case)
        content = before.content().model_copy(update={"consents": Consents()})
        act = Act("operator", hub.clock.now())
        store.replace(before.change(content, act), act)

    await hub.served.node.database.write(withdraw)

    assert await hub.mails() == []
    assert await hub.rows("select * from mail_letters") == []


async def test_who_did_it_is_not_told(hub: MailHub) -> None:
    await hub.has_address("operator", "olga@hub.example")
    await hub.has_address("caseworker", "grace@hub.example")
    await hub.has_request()

    assert [mail.recipients for mail in await hub.mails()] == [["grace@hub.example"]]


async def test_a_reply_reaches_those_who_work_on_the_case_and_nobody_else(hub: MailHub) -> None:
    for user in ("expert", "caseworker", "reader"):
        await hub.has_address(user, f"{user}@hub.example")
    case = await hub.has_request()
    await hub.does(case, "assign", {"users": ["expert"]})
    await hub.mails()
    hub.clock.advance(3600)
    await hub.does(case, "reply", {"text": "CANARYREPLY"})

    (mail,) = await hub.mails()

    assert mail.recipients == ["expert@hub.example"]
    assert WORDS["nl"].staff[MailKind.REQUESTER_REPLIED] in mail.text


async def test_many_cases_at_once_are_one_mail(hub: MailHub) -> None:
    await hub.has_address("caseworker", "grace@hub.example", "en")
    for _ in range(7):
        await hub.has_request()

    (mail,) = await hub.mails()

    assert "New requests: 7" in mail.text


async def test_nobody_is_told_the_same_about_a_case_twice_an_hour(hub: MailHub) -> None:
    case = await hub.has_request()
    for _ in range(3):
        await hub.does(case, "answer", {"text": "Yes."})
    first = await hub.mails()
    await hub.does(case, "answer", {"text": "Rather no."})
    hub.clock.advance(3599)
    too_early = await hub.mails()
    hub.clock.advance(1)
    second = await hub.mails()

    assert (len(first), len(too_early), len(second)) == (1, 0, 1)
    assert first[0].message["Message-ID"] != second[0].message["Message-ID"]


async def test_a_user_gets_one_letter_in_ten_minutes_whatever_happens(hub: MailHub) -> None:
    await hub.has_address("caseworker", "grace@hub.example")
    await hub.has_request()
    first = await hub.mails()
    await hub.has_request()
    at_once = await hub.mails()
    hub.clock.advance(600)
    later = await hub.mails()

    assert (len(first), len(at_once), len(later)) == (1, 0, 1)


async def test_what_a_user_muted_is_not_sent(hub: MailHub) -> None:
    await hub.has_address("caseworker", "grace@hub.example")
    muted = frozenset({MailKind.REQUEST_RECEIVED})

    def mute(db: sqlite_utils.Database) -> None:
        people = MailPersonStore(db, hub.served.node.hub.vault)
        people.put("caseworker", Act("operator", hub.clock.now()), muted=muted)

    await hub.served.node.database.write(mute)
    await hub.has_request()

    assert await hub.mails() == []


async def test_nobody_who_is_disabled_is_written_to(hub: MailHub) -> None:
    await hub.has_address("expert", "omar@tunis.example")
    await hub.does(await hub.has_request(), "assign", {"users": ["expert"]})
    await hub.served.post("/api/v1/users/expert/deactivate")

    assert await hub.mails() == []


async def test_an_erased_case_tells_nobody(hub: MailHub) -> None:
    case = await hub.has_request()
    await hub.does(case, "answer", {"text": "Yes."})

    def erase(db: sqlite_utils.Database) -> None:
        CaseStore(db, hub.served.node.hub.vault).erase(case, Act("operator", hub.clock.now()))

    await hub.served.node.database.write(erase)

    assert await hub.mails() == []


async def test_no_mail_and_no_row_says_what_it_is_about(
    hub: MailHub, capfd: pytest.CaptureFixture[str]
) -> None:
    for user in ("expert", "caseworker"):
        await hub.has_address(user, f"{user}@canaryhost.example")
    case = await hub.has_request()
    await hub.does(case, "assign", {"users": ["expert"]})
    await hub.does(case, "ask", {"text": "CANARYASK"})
    await hub.does(case, "reply", {"text": "CANARYREPLY"})
    await hub.does(case, "answer", {"text": "CANARYANSWER"})
    await hub.does(case, "close", {"outcome": "solved"})
    mails = await hub.mails()

    tables = json.dumps(
        [
            await hub.rows("select * from mail_occasions"),
            await hub.rows("select * from mail_letters"),
            [[str(cell) for cell in row] for row in await hub.rows("select * from mail_people")],
        ]
    )
    logged = "".join(capfd.readouterr())
    assert len(mails) == 3
    for canary in CANARIES:
        assert not any(canary in mail.raw.decode() or canary in mail.text for mail in mails)
        assert canary not in tables
        assert canary not in logged
    for address in ("ana@city.example", "canaryhost"):
        assert address not in tables
        assert address not in logged
    assert not any(case in mail.raw.decode() for mail in mails)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_language_has_every_text_and_room_for_the_address(language: str) -> None:
    words = WORDS[language]

    assert frozenset(words.staff) == FOR_STAFF
    for text in (words.staff_end, words.news, words.not_taken):
        assert "https://x" in text.format(address="https://x")
    for text in (words.confirm, words.listing):
        assert {"L", "D"} <= set(text.format(link=" L ", day=" D ").split())
    assert len({*words.staff.values()}) == len(words.staff)
    subjects = (words.staff_subject, words.news_subject, words.confirm_subject)
    for subject in (*subjects, words.listing_subject):
        assert "\n" not in subject
        assert len(subject) < 80


async def test_a_retention_notice_is_told_to_those_who_can_stop_it(hub: MailHub) -> None:
    await hub.has_address("caseworker", "grace@hub.example", "en")
    case = await hub.has_request(consents={})
    await hub.mails()
    await hub.does(case, "close", {"outcome": "solved"})
    hub.clock.advance(days=340)

    await run_retention(hub.served.node, Periods(), Act("system", hub.clock.now()))
    (mail,) = await hub.mails()

    assert "Requests that will be erased soon: 1" in mail.text
    assert case not in mail.raw.decode()
