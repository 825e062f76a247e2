"""The mail servers of the operator: from the settings to host, port, TLS and password."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Literal

from node.errors import NodeError
from node.private_files import KeyFilesUnsafe, read_private
from node.settings import MailTls, Settings

SMTP_PASSWORD: Final = "HUB_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
IMAP_PASSWORD: Final = "HUB_IMAP_PASSWORD"  # noqa: S105
_PORTS: Mapping[tuple[str, MailTls], int] = {
    ("smtp", "starttls"): 587,
    ("smtp", "implicit"): 465,
    ("smtp", "none"): 25,
    ("imap", "starttls"): 143,
    ("imap", "implicit"): 993,
    ("imap", "none"): 143,
}


class MailServerUnusable(NodeError):
    """What the settings say of a mail server cannot be used; the message says what to do."""

    code: ClassVar[str] = "mail-server-unusable"


@dataclass(frozen=True, slots=True)
class MailServer:
    """One mail server, and who we are there. user: "" where it asks for none."""

    host: str
    port: int
    tls: MailTls
    user: str
    password: str
    ca_file: str = ""

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the password."""
        return f"MailServer({self.host}:{self.port}, tls={self.tls})"

    def tls_context(self) -> ssl.SSLContext:
        """Return how the certificate of the server is checked. Raises MailServerUnusable."""
        context = ssl.create_default_context()
        if self.ca_file:
            try:
                context.load_verify_locations(self.ca_file)
            except (OSError, ssl.SSLError):
                raise MailServerUnusable(
                    f"mail_ca_file: {self.ca_file} holds no certificates. Write a file with the"
                    " certificate of the authority, as PEM."
                ) from None
        return context


def smtp_server(settings: Settings) -> MailServer | None:
    """Return the server that sends, or None if there is none. Raises MailServerUnusable."""
    return _server(
        settings,
        "smtp",
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_tls,
        settings.smtp_user,
        _password(SMTP_PASSWORD, "smtp_password_file", settings.smtp_password_file),
    )


def imap_server(settings: Settings) -> MailServer | None:
    """Return the server with the mailbox, or None. Raises MailServerUnusable."""
    return _server(
        settings,
        "imap",
        settings.imap_host,
        settings.imap_port,
        settings.imap_tls,
        settings.imap_user,
        _password(IMAP_PASSWORD, "imap_password_file", settings.imap_password_file),
    )


def _server(
    settings: Settings,
    protocol: Literal["smtp", "imap"],
    host: str,
    port: int | None,
    tls: MailTls,
    user: str,
    password: str,
) -> MailServer | None:
    if not host:
        return None
    if user and not password:
        raise MailServerUnusable(
            f"{protocol}_user needs a password: put it in a file with mode 0600 and name that as"
            f" {protocol}_password_file, or set HUB_{protocol.upper()}_PASSWORD."
        )
    found = _PORTS[protocol, tls] if port is None else port
    return MailServer(host, found, tls, user, password, settings.mail_ca_file)


def _password(variable: str, setting: str, file: str) -> str:
    given = os.environ.get(variable, "")
    if given or not file:
        return given
    try:
        return read_private(Path(file)).decode().rstrip("\r\n")
    except KeyFilesUnsafe as error:
        raise MailServerUnusable(f"{setting}: {error}") from None
    except UnicodeDecodeError:
        raise MailServerUnusable(f"{setting}: {file} is not UTF-8.") from None
