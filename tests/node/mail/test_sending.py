"""Letters on their way: taken, refused, put off, and sent again after a crash."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.mail.queue import MailQueue
from node.mail.sending import Postman
from node.mail.servers import MailServer, MailServerUnusable
from tests.mail_server import make_certificate, post_office
from tests.node.mail.conftest import SENDER, MailHub


async def one_letter(hub: MailHub) -> str:
    case = await hub.has_request()
    await hub.does(case, "answer", {"text": "Yes."})
    return case


async def states(hub: MailHub) -> list[tuple[Any, ...]]:
    return await hub.rows("select state, attempts, reason from mail_letters")


async def test_a_letter_refused_for_ever_waits_for_a_person(hub: MailHub) -> None:
    hub.office.answer = lambda to: f"550 5.1.1 <{to}> unknown"
    await one_letter(hub)

    assert await hub.mails() == []

    assert await states(hub) == [("failed", 1, "refused: 550 5.1.1")]
    hub.clock.advance(days=1)
    hub.office.answer = lambda _: None
    assert await hub.mails() == []


async def test_a_letter_refused_for_now_goes_later(hub: MailHub) -> None:
    hub.office.answer = lambda _: "451 4.7.1 try again"
    await one_letter(hub)
    assert await hub.mails() == []
    assert await states(hub) == [("waiting", 1, "refused: 451 4.7.1")]

    hub.office.answer = lambda _: None
    hub.clock.advance(60)

    assert len(await hub.mails()) == 1
    assert await states(hub) == [("sent", 2, "")]


async def test_one_refused_letter_does_not_keep_the_others(hub: MailHub) -> None:
    hub.office.answer = lambda to: "550 no" if to.startswith("ana") else None
    await hub.has_address("caseworker", "grace@hub.example")
    await one_letter(hub)

    assert [mail.recipients for mail in await hub.mails()] == [["grace@hub.example"]]


async def test_a_server_that_is_down_costs_no_letter_an_attempt(hub: MailHub) -> None:
    port = hub.office.port
    async with post_office() as other:
        gone = other.port
    hub.postman.server = MailServer("127.0.0.1", gone, "none", "", "")
    await one_letter(hub)

    again = await hub.postman.work()

    assert again == hub.clock.now() + timedelta(minutes=1)
    ((state, attempts, reason),) = await states(hub)
    assert (state, attempts) == ("waiting", 0)
    assert reason.startswith("mail server: no connection")
    hub.postman.server = MailServer("127.0.0.1", port, "none", "", "")
    assert await hub.mails() == []
    hub.clock.advance(60)
    assert len(await hub.mails()) == 1


async def test_what_could_not_be_sent_for_three_days_is_given_up(hub: MailHub) -> None:
    hub.office.answer = lambda _: "451 later"
    await one_letter(hub)
    await hub.postman.work()
    for _ in range(71):
        hub.clock.advance(3600)
        await hub.postman.work()
    ((waits, *_),) = await states(hub)
    hub.clock.advance(3600)
    await hub.postman.work()

    ((state, attempts, _),) = await states(hub)

    assert waits == "waiting"
    assert state == "failed"
    assert attempts > 5
    assert hub.office.taken == []


async def test_a_crash_between_sending_and_noting_sends_the_same_message_again(
    hub: MailHub,
) -> None:
    await one_letter(hub)
    (first,) = await hub.mails()
    await hub.served.node.database.write(
        lambda db: db.execute("update mail_letters set state = 'waiting', done_at = null")
    )

    (second,) = await hub.mails()

    assert second.raw == first.raw


async def test_tls_by_starttls_with_a_login(hub: MailHub, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with post_office(certificate=certificate, password="s3cret") as office:
        server = MailServer(
            "127.0.0.1", office.port, "starttls", "hub", "s3cret", str(certificate.cert)
        )
        await one_letter(hub)
        await Postman(hub.served.node, server, SENDER).work()

    (mail,) = office.taken
    assert mail.encrypted
    assert mail.user == "hub"


async def test_tls_from_the_first_byte(hub: MailHub, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with post_office(certificate=certificate, implicit=True) as office:
        server = MailServer("127.0.0.1", office.port, "implicit", "", "", str(certificate.cert))
        await one_letter(hub)
        await Postman(hub.served.node, server, SENDER).work()

    assert len(office.taken) == 1


async def test_a_server_without_tls_or_with_a_strange_certificate_gets_nothing(
    hub: MailHub, tmp_path: Path
) -> None:
    await one_letter(hub)
    plain = MailServer("127.0.0.1", hub.office.port, "starttls", "", "")
    first = Postman(hub.served.node, plain, SENDER)
    await first.work()
    async with post_office(certificate=make_certificate(tmp_path)) as office:
        hub.clock.advance(days=1)
        strange = MailServer("127.0.0.1", office.port, "starttls", "", "")
        second = Postman(hub.served.node, strange, SENDER)
        await second.work()

    assert first.trouble.startswith("mail server: ")
    assert second.trouble.startswith("mail server: ")
    assert hub.office.taken == office.taken == []


async def test_a_wrong_password_is_the_operators_and_no_letter_fails(
    hub: MailHub, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    async with post_office(certificate=certificate, password="s3cret") as office:
        server = MailServer(
            "127.0.0.1", office.port, "starttls", "hub", "wrong", str(certificate.cert)
        )
        await one_letter(hub)
        postman = Postman(hub.served.node, server, SENDER)
        await postman.work()

    assert "does not let us in: 535" in postman.trouble
    ((state, attempts, _),) = await states(hub)
    assert (state, attempts) == ("waiting", 0)


async def test_old_letters_are_forgotten_but_replies_still_find_their_case(hub: MailHub) -> None:
    await hub.has_address("caseworker", "grace@hub.example")
    case = await one_letter(hub)
    mails = await hub.mails()
    ids = [mail.message["Message-ID"][1:27] for mail in mails]
    hub.clock.advance(days=3)

    await hub.served.node.database.write(lambda db: MailQueue(db).prune(hub.clock.now()))

    left = await hub.rows("select recipient from mail_letters")
    assert left == [(f"case/{case}",)]
    found = await hub.served.node.database.read(lambda db: MailQueue(db).case_of(ids))
    assert found == case
    hub.clock.advance(days=90)
    await hub.served.node.database.write(lambda db: MailQueue(db).prune(hub.clock.now()))
    assert await hub.rows("select * from mail_occasions") == []


def test_certificates_that_are_none_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    server = MailServer("mail.example", 587, "starttls", "", "", str(tmp_path / "ca.pem"))

    with pytest.raises(MailServerUnusable, match="mail_ca_file"):
        server.tls_context()
