"""From a mail to a request: kept unseen, confirmed by its sender with a link, then filed."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from content.cases.receipt_store import ReceiptStore
from content.mail.incoming import LARGEST_MAIL
from content.mail.unconfirmed import PER_SENDER, UnconfirmedStore
from content.mail.words import WORDS
from federation.mail_intake import Arrival
from node.mail.arriving import take_arrived
from tests.mail_server import Taken
from tests.node.conftest import Answered
from tests.node.mail.conftest import SENDER, MailHub

TEXT = "CANARYTEXT: may we?"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FORM = {"decision": "confirm", "role": "who-city-official", "language": "es"}


def a_mail(number: int = 1, sender: str = "ana@city.example", **headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Ana CANARYNAME <{sender}>"
    message["To"] = SENDER
    message["Subject"] = "CANARYSUBJECT cameras"
    message["Message-ID"] = f"<{number}@{sender}>"
    message.set_content(TEXT)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


async def arrives(hub: MailHub, message: EmailMessage | bytes) -> Arrival:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return await take_arrived(hub.served.node, raw, SENDER)


def link_in(mail: Taken) -> str:
    found = re.search(r"http://127\.0\.0\.2:9802(/mail/[\w-]{43})", mail.text)
    assert found, mail.text
    return found[1]


async def send(hub: MailHub, path: str, form: dict[str, str]) -> Answered:
    body = "&".join(f"{name}={value}" for name, value in form.items())
    return await hub.served.call(
        "POST",
        path,
        data=body.encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
    )


async def look(hub: MailHub, path: str) -> Answered:
    return await hub.served.get(path, Accept="text/html")


async def cases(hub: MailHub) -> list[Any]:
    answer = await hub.served.get("/api/v1/cases", "operator")
    return list(answer.json["items"])


async def test_a_mail_becomes_a_request_once_its_sender_says_so(hub: MailHub) -> None:
    message = a_mail(Content_Language="es")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="draft.pdf")
    message.add_attachment(b"MZ\x90", maintype="application", subtype="x", filename="run.exe")
    assert await arrives(hub, message) is Arrival.WAITING
    (mail,) = await hub.mails()
    page = await look(hub, link_in(mail))
    before = await cases(hub)

    done = await send(hub, link_in(mail), {**FORM, "mail_notices": "yes"})

    assert mail.recipients == ["ana@city.example"]
    assert (mail.sender, mail.message["Auto-Submitted"]) == ("<>", "auto-replied")
    assert mail.message["Subject"] == WORDS["es"].confirm_subject
    assert (page.status, before) == (200, [])
    for shown in (b"CANARYSUBJECT", b"CANARYTEXT", b"draft.pdf", b"1 file was left out"):
        assert shown in page.body
    assert done.status == 200
    (case,) = await cases(hub)
    whole = (await hub.served.get(f"/api/v1/cases/{case['id']}", "operator")).json
    assert (whole["title"], whole["question"]) == ("CANARYSUBJECT cameras", TEXT)
    assert (whole["label"], whole["sensitivity"]) == ("tlp-amber", "data-personal")
    assert whole["requester"]["contact"] == "ana@city.example"
    assert whole["consents"]["mail_notices"] is True
    code = re.search(rb"<code>([0-9A-Z-]{23})</code>", done.body)
    assert code, done.body.decode()
    opened = await hub.served.node.database.read(
        lambda db: ReceiptStore(db, hub.served.node.hub.vault).opened_by(code[1].decode())
    )
    assert opened.case_id == case["id"]


async def test_looking_changes_nothing_however_often(hub: MailHub) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()
    before = await hub.rows("select * from mail_requests")

    for method in ("GET", "HEAD", "GET"):
        await hub.served.call(method, link_in(mail), headers={"Accept": "text/html"})

    assert await hub.rows("select * from mail_requests") == before
    assert await cases(hub) == []


def shown_in(page: Answered) -> bytes:
    """Return what a page says; around it are links that differ between reading and sending."""
    return page.body.partition(b"<main")[2].partition(b"</main>")[0]


async def test_confirming_twice_files_once_and_shows_the_same_code_for_an_hour(
    hub: MailHub,
) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()

    first = await send(hub, link_in(mail), FORM)
    again = await send(hub, link_in(mail), FORM)
    looked = await look(hub, link_in(mail))
    hub.clock.advance(3601)
    late = await look(hub, link_in(mail))

    assert shown_in(first) == shown_in(again) == shown_in(looked)
    assert late.status == 404
    assert len(await cases(hub)) == 1


async def test_a_mail_that_is_destroyed_leaves_nothing(hub: MailHub) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()

    gone = await send(hub, link_in(mail), {"decision": "destroy"})
    after = await send(hub, link_in(mail), FORM)

    assert (gone.status, after.status) == (200, 404)
    assert await hub.rows("select * from mail_requests") == []
    assert await cases(hub) == []


async def test_what_nobody_confirms_is_destroyed_after_seven_days(hub: MailHub) -> None:
    message = a_mail()
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="draft.pdf")
    await arrives(hub, message)
    (mail,) = await hub.mails()
    hub.clock.advance(days=7)

    late = await send(hub, link_in(mail), FORM)
    vault = hub.served.node.hub.vault
    pruned = await hub.served.node.database.write(
        lambda db: UnconfirmedStore(db, vault).prune(hub.clock.now())
    )

    assert late.status == 404
    assert pruned == 1
    assert await hub.rows("select * from mail_requests") == []
    assert await hub.rows("select * from mail_request_files") == []


async def test_a_matter_of_ones_own_is_redirected_and_nothing_of_the_mail_is_kept(
    hub: MailHub,
) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()
    form = {**FORM, "role": "who-resident", "personal_matter": "yes"}

    told = await send(hub, link_in(mail), form)
    after = await look(hub, link_in(mail))

    assert told.status == 200
    assert b"Who can help you" in told.body
    bodies = (await hub.served.get("/api/v1/redress?country=NL")).json["items"]
    assert bodies
    assert all(body["url"].encode() in told.body for body in bodies)
    assert (after.status, await cases(hub)) == (404, [])
    assert await hub.rows("select * from mail_requests") == []


async def test_a_resident_who_asks_about_a_policy_may_file_by_mail(hub: MailHub) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()

    done = await send(hub, link_in(mail), {**FORM, "role": "who-resident"})

    assert done.status == 200
    assert len(await cases(hub)) == 1


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "A" * 4000])
async def test_a_link_that_is_none_says_so_and_nothing_else(hub: MailHub, token: str) -> None:
    for answer in (await look(hub, f"/mail/{token}"), await send(hub, f"/mail/{token}", FORM)):
        assert answer.status in (404, 405)
        assert b"CANARY" not in answer.body


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"decision": "perhaps"}, 400),
        ({**FORM, "role": "who-nobody"}, 422),
        ({**FORM, "language": "!"}, 422),
    ],
)
async def test_a_form_that_says_nothing_files_nothing(
    hub: MailHub, form: dict[str, str], status: int
) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()

    assert (await send(hub, link_in(mail), form)).status == status
    assert await cases(hub) == []
    assert (await look(hub, link_in(mail))).status == 200


async def test_the_page_is_kept_by_nobody_and_loads_nothing(hub: MailHub) -> None:
    await arrives(hub, a_mail())
    (mail,) = await hub.mails()

    page = await look(hub, link_in(mail))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert b"<script" not in page.body


async def test_a_mail_with_markup_is_shown_as_text(hub: MailHub) -> None:
    message = a_mail()
    message.replace_header("Subject", "<script>alert(1)</script>")
    message.set_content("<img src=x onerror=alert(1)>")
    await arrives(hub, message)
    (mail,) = await hub.mails()

    page = await look(hub, link_in(mail))

    assert b"<script>" not in page.body
    assert b"<img src=x" not in page.body
    assert b"&lt;img src=x" in page.body


async def test_a_mail_that_comes_twice_is_answered_once(hub: MailHub) -> None:
    assert await arrives(hub, a_mail()) is Arrival.WAITING
    assert await arrives(hub, a_mail()) is Arrival.KNOWN

    assert len(await hub.mails()) == 1


async def test_a_sender_gets_no_more_than_a_few_answers_a_day(hub: MailHub) -> None:
    outcomes = [await arrives(hub, a_mail(number)) for number in range(PER_SENDER + 2)]
    outcomes.append(await arrives(hub, a_mail(99, "ANA@city.example")))
    other = await arrives(hub, a_mail(1, "omar@tunis.example"))
    hub.clock.advance(days=1, seconds=1)
    next_day = await arrives(hub, a_mail(100))

    assert outcomes == [Arrival.WAITING] * PER_SENDER + [Arrival.TOO_MANY] * 3
    assert (other, next_day) == (Arrival.WAITING, Arrival.WAITING)
    assert len(await hub.mails()) == PER_SENDER + 2


async def test_what_is_too_large_is_told_without_a_word_of_it(hub: MailHub) -> None:
    raw = a_mail().as_bytes() + b"x" * LARGEST_MAIL

    assert await arrives(hub, raw) is Arrival.NOT_TAKEN
    (mail,) = await hub.mails()

    assert mail.message["Subject"] == WORDS["nl"].not_taken_subject
    assert b"CANARY" not in mail.raw
    assert await hub.rows("select * from mail_requests") == []


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"List_Id": "<l.example>"}, {"Precedence": "bulk"}],
)
async def test_what_a_program_wrote_gets_no_answer(hub: MailHub, headers: dict[str, str]) -> None:
    assert await arrives(hub, a_mail(**headers)) is Arrival.NOT_TAKEN

    assert await hub.mails() == []
    assert await hub.rows("select * from mail_seen") == []


async def a_notified_case(hub: MailHub) -> tuple[str, str]:
    """Return a case and the Message-ID of the mail that its requester got."""
    case = await hub.has_request()
    await hub.does(case, "ask", {"text": "Which station?"})
    (mail,) = await hub.mails()
    return case, mail.message["Message-ID"]


async def test_a_reply_to_a_notice_joins_the_case_after_the_same_confirmation(
    hub: MailHub,
) -> None:
    await hub.has_address("expert", "omar@tunis.example")
    case, letter = await a_notified_case(hub)
    message = a_mail(In_Reply_To=letter)
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="draft.pdf")
    await arrives(hub, message)
    (mail,) = await hub.mails()
    held = (await hub.served.get(f"/api/v1/cases/{case}", "operator")).json

    done = await send(hub, link_in(mail), {"decision": "confirm"})

    after = (await hub.served.get(f"/api/v1/cases/{case}", "operator")).json
    assert [each["kind"] for each in held["messages"]] == ["question"]
    assert [each["kind"] for each in after["messages"]] == ["question", "reply"]
    assert after["messages"][-1]["author"] == "requester"
    assert after["messages"][-1]["text"] == TEXT
    assert after["status"] == "case-open"
    assert b"Your mail is added" in done.body
    assert len(await cases(hub)) == 1


async def test_a_reply_from_another_address_is_a_request_of_its_own(hub: MailHub) -> None:
    case, letter = await a_notified_case(hub)
    await arrives(hub, a_mail(1, "mallory@evil.example", In_Reply_To=letter))
    (mail,) = await hub.mails()

    await send(hub, link_in(mail), FORM)

    held = (await hub.served.get(f"/api/v1/cases/{case}", "operator")).json
    assert [each["kind"] for each in held["messages"]] == ["question"]
    assert len(await cases(hub)) == 2


async def test_nothing_of_an_unconfirmed_mail_is_seen_anywhere(
    hub: MailHub, capfd: pytest.CaptureFixture[str]
) -> None:
    message = a_mail()
    message.add_attachment(
        b"CANARYFILE, x\n", maintype="text", subtype="csv", filename="CANARYFILE.csv"
    )
    await arrives(hub, message)
    await hub.served.node.database.checkpoint()
    (mail,) = await hub.mails()
    token = link_in(mail).rpartition("/")[2]
    await look(hub, link_in(mail))
    await hub.served.node.database.checkpoint()

    files = b"".join(path.read_bytes() for path in hub.served.home.path.glob("hub.sqlite*"))
    logged = "".join(capfd.readouterr())
    for word in ("CANARY", "ana@city", token):
        assert word.encode() not in files, word
        assert word not in logged, word
    assert b"CANARY" not in mail.raw
    assert "CANARY" not in mail.text


async def test_the_token_is_forgotten_once_it_is_sent(hub: MailHub) -> None:
    await arrives(hub, a_mail())
    before = await hub.rows("select token is null from mail_requests")
    await hub.mails()

    assert before == [(0,)]
    assert await hub.rows("select token is null from mail_requests") == [(1,)]
