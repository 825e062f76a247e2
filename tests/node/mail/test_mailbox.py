"""The mailbox of the hub on a real IMAP server: what is in it comes in, and is deleted there."""

from collections.abc import Iterator

import pytest

from node.mail.mailbox import AT_ONCE, open_mailbox
from node.mail.polling import POLL_SECONDS, Poller
from node.mail.servers import MailServer
from node.mail.submission import MailServerTrouble
from tests.dovecot_at_work import PASSWORD, Dovecot, dovecot, find_dovecot
from tests.node.mail.conftest import SENDER, MailHub
from tests.node.mail.test_receiving import TEXT, a_mail, cases, link_in, send

if find_dovecot() is None:
    print("\nTHE MAILBOX IS NOT TESTED: install dovecot-imapd (Debian).")
    pytest.skip(
        "the mailbox is NOT tested: dovecot (Debian: dovecot-imapd) is not installed",
        allow_module_level=True,
    )

FORM = {"decision": "confirm", "role": "who-city-official", "language": "es"}


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def imap(running: Dovecot) -> Iterator[Dovecot]:
    yield running
    with running.client() as client:
        client.delete_messages(client.search("ALL"))
        client.expunge()


def a_poller(hub: MailHub, imap: Dovecot, password: str = PASSWORD) -> Poller:
    server = MailServer("127.0.0.1", imap.tls_port, "implicit", "hub", password, imap.ca_file)
    return Poller(hub.served.node, server, "INBOX", SENDER)


async def test_a_mail_in_the_mailbox_becomes_a_request_and_is_deleted_there(
    hub: MailHub, imap: Dovecot
) -> None:
    imap.holds(a_mail().as_bytes())

    rest = await a_poller(hub, imap).visit()
    left = imap.left()
    (mail,) = await hub.mails()
    await send(hub, link_in(mail), FORM)

    assert (rest, left) == (POLL_SECONDS, [])
    (case,) = await cases(hub)
    whole = (await hub.served.get(f"/api/v1/cases/{case['id']}", "operator")).json
    assert whole["question"] == TEXT


async def test_what_is_not_taken_is_deleted_too(hub: MailHub, imap: Dovecot) -> None:
    imap.holds(
        a_mail(1, Auto_Submitted="auto-replied").as_bytes(),
        a_mail(2).as_bytes() + b"x" * (16 * 1024 * 1024),
        b"no mail at all",
    )

    await a_poller(hub, imap).visit()

    assert imap.left() == []
    assert len(await hub.mails()) == 1


async def test_a_full_mailbox_is_read_visit_by_visit(hub: MailHub, imap: Dovecot) -> None:
    imap.holds(*(a_mail(n, f"a{n}@city.example").as_bytes() for n in range(AT_ONCE + 2)))
    poller = a_poller(hub, imap)

    first, left = await poller.visit(), len(imap.left())
    second = await poller.visit()

    assert (first, left, second, imap.left()) == (0.0, 2, POLL_SECONDS, [])
    assert len(await hub.mails()) == AT_ONCE + 2


async def test_a_mail_that_is_there_after_a_crash_is_known_and_answered_once(
    hub: MailHub, imap: Dovecot
) -> None:
    for _ in range(2):
        imap.holds(a_mail().as_bytes())
        await a_poller(hub, imap).visit()

    assert imap.left() == []
    assert len(await hub.mails()) == 1


async def test_a_mail_set_aside_is_not_read_again(hub: MailHub, imap: Dovecot) -> None:
    imap.holds(a_mail().as_bytes())
    server = a_poller(hub, imap).server
    with open_mailbox(server, "INBOX") as mailbox:
        (found,) = mailbox.fetch()
        mailbox.set_aside([found.uid])

        assert mailbox.fetch() == []
    assert len(imap.left()) == 1


async def test_starttls_and_the_login_are_checked(hub: MailHub, imap: Dovecot) -> None:
    imap.holds(a_mail().as_bytes())
    starttls = MailServer("127.0.0.1", imap.port, "starttls", "hub", PASSWORD, imap.ca_file)
    with open_mailbox(starttls, "INBOX") as mailbox:
        assert len(mailbox.fetch()) == 1
    strange = MailServer("127.0.0.1", imap.tls_port, "implicit", "hub", PASSWORD)
    with pytest.raises(MailServerTrouble, match="certificate"), open_mailbox(strange, "INBOX"):
        pass


async def test_trouble_is_told_and_pauses_grow(hub: MailHub, imap: Dovecot) -> None:
    poller = a_poller(hub, imap, "wrong")

    pauses = [await poller.visit() for _ in range(2)]

    assert poller.trouble == "the mailbox does not let us in"
    assert pauses == [POLL_SECONDS, POLL_SECONDS * 2]
