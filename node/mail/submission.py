"""
Handing mails to the operator's own SMTP server. This module alone knows aiosmtplib.

Nothing that the server says is kept but its codes: its texts repeat addresses. Every step has a
time limit, and a server that offers no TLS where TLS is wanted gets nothing.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Final

import aiosmtplib

from federation.mailing import Envelope
from node.errors import NodeError
from node.mail.servers import MailServer

STEP_SECONDS: Final = 30.0
"""How long the server may think about one command."""
_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class MailServerTrouble(NodeError):
    """The mail server cannot be reached or takes nothing from us; no letter is to blame."""

    code: ClassVar[str] = "mail-server-trouble"


class LetterRefused(NodeError):
    """The mail server does not take this letter. for_ever: asking again is no use."""

    code: ClassVar[str] = "letter-refused"

    def __init__(self, said: str, *, for_ever: bool) -> None:
        super().__init__(f"refused: {said}")
        self.for_ever = for_ever


class Submission:
    """An open connection to the mail server; use `submitting`."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, envelope: Envelope) -> None:
        """Return once the server has taken the letter. LetterRefused, MailServerTrouble."""
        try:
            await self._client.sendmail(
                envelope.sender, [envelope.recipient], envelope.message.as_bytes()
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0]) from None
        except aiosmtplib.SMTPSenderRefused as error:
            # Nobody's letter goes with this sender: that is for the operator to mend.
            raise MailServerTrouble(f"it refuses our sender: {_codes(error)}") from None
        except aiosmtplib.SMTPServerDisconnected:
            raise MailServerTrouble("the connection broke") from None
        except aiosmtplib.SMTPTimeoutError:
            raise MailServerTrouble("it does not answer") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(error) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerTrouble(type(error).__name__) from None


@asynccontextmanager
async def submitting(server: MailServer, sender: str) -> AsyncIterator[Submission]:
    """
    Open a connection, log in where a user is set, and close it. Raises MailServerTrouble.

    sender: the address that the hub writes from; its domain is how we introduce ourselves.
    """
    client = aiosmtplib.SMTP(
        hostname=server.host.strip("[]"),
        port=server.port,
        timeout=STEP_SECONDS,
        use_tls=server.tls == "implicit",
        start_tls=server.tls == "starttls",
        tls_context=None if server.tls == "none" else server.tls_context(),
        local_hostname=sender.rpartition("@")[2],
    )
    try:
        await client.connect()
        if server.user:
            await client.login(server.user, server.password)
    except aiosmtplib.SMTPAuthenticationError as error:
        client.close()
        raise MailServerTrouble(f"it does not let us in: {_codes(error)}") from None
    except aiosmtplib.SMTPResponseException as error:
        client.close()
        raise MailServerTrouble(_codes(error)) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise MailServerTrouble(f"no connection ({type(error).__name__})") from None
    try:
        yield Submission(client)
    finally:
        try:
            await client.quit()
        except (aiosmtplib.SMTPException, OSError):
            client.close()


def _refused(error: aiosmtplib.SMTPResponseException) -> LetterRefused:
    return LetterRefused(_codes(error), for_ever=500 <= error.code < 600)


def _codes(error: aiosmtplib.SMTPResponseException) -> str:
    """Return the reply code, and the enhanced one (RFC 3463) if there is one; never the text."""
    enhanced = _ENHANCED.search(str(error.message)[:20])
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)
