"""
Looking into the mailbox of the hub by IMAP. This module alone knows IMAPClient.

A mail is deleted there once it is decided upon here: it would be a second copy of what somebody
wrote, in a place that nobody looks after. Blocking; called in a thread, with time limits.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from imapclient import FLAGGED, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from content.mail.incoming import LARGEST_MAIL
from node.mail.arriving import MOST_READ
from node.mail.servers import MailServer
from node.mail.submission import MailServerTrouble

CONNECT_SECONDS: Final = 20.0
READ_SECONDS: Final = 60.0
AT_ONCE: Final = 10
"""Mails that are fetched in one visit; the rest is for the next one."""
_HEAD_BYTES: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail in the mailbox. raw: the whole of it, or only its head where it is too large."""

    uid: int
    raw: bytes


class Mailbox:
    """An open mailbox; use `open_mailbox`."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def fetch(self) -> list[Fetched]:
        """Return the oldest mails, and leave them there. Raises MailServerTrouble."""
        with _told():
            uids = sorted(self._client.search(["UNDELETED", "UNFLAGGED"]))[:AT_ONCE]
            if not uids:
                return []
            sizes = self._client.fetch(uids, ["RFC822.SIZE"])
            found = []
            for uid in uids:
                too_large = sizes.get(uid, {}).get(b"RFC822.SIZE", 0) > LARGEST_MAIL
                wanted = f"BODY.PEEK[]<0.{_HEAD_BYTES if too_large else MOST_READ}>"
                answer = self._client.fetch([uid], [wanted]).get(uid, {})
                raw = next((v for k, v in answer.items() if k.startswith(b"BODY[]")), b"")
                found.append(Fetched(uid, raw + b"\0" * MOST_READ if too_large else raw))
            return found

    def delete(self, uids: list[int]) -> None:
        """Delete mails for good. Raises MailServerTrouble."""
        if not uids:
            return
        with _told():
            self._client.delete_messages(uids, silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)
            else:
                self._client.expunge()

    def set_aside(self, uids: list[int]) -> None:
        """Leave mails for a person to look at: they are flagged. Raises MailServerTrouble."""
        if uids:
            with _told():
                self._client.add_flags(uids, [FLAGGED], silent=True)


@contextmanager
def open_mailbox(server: MailServer, folder: str) -> Iterator[Mailbox]:
    """Log in, select the folder, and log out at the end. Raises MailServerTrouble."""
    context = None if server.tls == "none" else server.tls_context()
    with _told():
        client = IMAPClient(
            server.host.strip("[]"),
            port=server.port,
            ssl=server.tls == "implicit",
            ssl_context=context if server.tls == "implicit" else None,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )
    try:
        with _told():
            if server.tls == "starttls":
                client.starttls(context)
            client.login(server.user, server.password)
            client.select_folder(folder)
        yield Mailbox(client)
    finally:
        try:
            client.logout()
        except (IMAPClientError, OSError):
            client.shutdown()


@contextmanager
def _told() -> Iterator[None]:
    """Turn what goes wrong into our own words; a server's text may repeat a mail or a name."""
    try:
        yield
    except LoginError:
        raise MailServerTrouble("the mailbox does not let us in") from None
    except ssl.SSLError:
        raise MailServerTrouble("the certificate of the mailbox is not accepted") from None
    except (IMAPClientError, OSError, ValueError) as error:
        raise MailServerTrouble(f"the mailbox: {type(error).__name__}") from None
