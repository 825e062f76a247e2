"""A real mail server on loopback (aiosmtpd), which keeps what it takes and says what it is told."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Taken:
    """One mail that the server took. encrypted: it came over TLS."""

    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class PostOffice:
    """What the server does. answer: what it says to a recipient; None takes the mail."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    answer: Callable[[str], str | None] = lambda _: None
    before_answer: Callable[[], None] = lambda: None
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, count: int) -> None:
        """Wait until so many mails have been taken."""
        async with asyncio.timeout(60), self._came:
            await self._came.wait_for(lambda: len(self.taken) >= count)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        said = self.answer(address)
        if said is not None:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        login = session.auth_data
        self.taken.append(
            Taken(
                envelope.mail_from or "",
                list(envelope.rcpt_tos),
                envelope.content,
                session.ssl is not None,
                login.login.decode() if isinstance(login, LoginPassword) else None,
            )
        )
        self.before_answer()
        async with self._came:
            self._came.notify_all()
        return "250 taken"


@asynccontextmanager
async def post_office(
    *,
    certificate: "Certificate | None" = None,
    implicit: bool = False,
    password: str | None = None,
    port: int = 0,
) -> AsyncIterator[PostOffice]:
    """Run a server. certificate: offer STARTTLS, or speak TLS at once; password: of user hub."""
    office = PostOffice()
    context = certificate.server_context() if certificate else None

    def check(
        server: SMTP, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            b"hub",
            (password or "").encode(),
        )
        return AuthResult(success=good, handled=False, auth_data=data)

    def make() -> SMTP:
        return SMTP(
            office,
            hostname="mail.test",
            tls_context=None if implicit else context,
            require_starttls=certificate is not None and not implicit,
            auth_required=password is not None,
            auth_require_tls=certificate is not None and not implicit,
            authenticator=check if password is not None else None,
        )

    server = await asyncio.get_running_loop().create_server(
        make, "127.0.0.1", port, ssl=context if implicit else None
    )
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()


@dataclass(frozen=True)
class Certificate:
    """A certificate of its own authority, for this machine."""

    cert: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """Return a certificate for 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / "mail-cert.pem", folder / "mail-key.pem")
    files.cert.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    files.key.chmod(0o600)
    return files
