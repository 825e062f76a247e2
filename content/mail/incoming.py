"""
Reading a mail that somebody wrote to the hub: bytes in, a plain value or a refusal out.

Anything may come: broken MIME, wrong charsets, headers that are none. Whatever it is, it is read
within limits or refused, and never raises anything else. Nothing of it is fetched, unpacked or
rendered; HTML becomes text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from enum import StrEnum
from typing import ClassVar, Final

from content.errors import ContentError
from content.ids import is_id
from content.mail.address import mail_address
from content.mail.mail_text import decoded, html_to_text, shown_line, shown_text

LARGEST_MAIL: Final = 15 * 1024 * 1024
"""Bytes of a whole mail; base64 makes a file a third longer."""
LARGEST_HEADERS: Final = 128 * 1024
MOST_BOUNDARIES: Final = 5000
"""Lines that may begin a part, counted before anything is parsed."""
MOST_PARTS: Final = 100
MOST_FILES: Final = 20
DEEPEST: Final = 20
LONGEST_HEADER: Final = 4000
LONGEST_SUBJECT: Final = 300
LONGEST_TEXT: Final = 48 * 1024
"""Bytes of the text in UTF-8; the rest is cut off, and the reader is told."""
CUT: Final = "\n\n[…]"
_PREFIX: Final = re.compile(
    r"^\s*(?:re|aw|sv|antw|res|fwd?|wg|rv|tr|doorst)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE
)
"""What mail programs of our languages put before the subject of replies and passed on mails."""
_COMMENT: Final = re.compile(r"\s*\([^()]*\)\s*$")
_BRACKETED: Final = re.compile(r"<([^<>]*)>$")
_MESSAGE_ID: Final = re.compile(r"<([0-9A-HJKMNP-TV-Z]{26})@[^<>\s]{1,255}>")
_MACHINES: Final = frozenset(
    {"mailer-daemon", "postmaster", "listserv", "majordomo", "double-bounce"}
)
_LIST_HEADERS: Final = ("list-id", "list-post", "list-unsubscribe", "list-help", "x-loop")
_ROBOT_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-failed-recipients")


class Why(StrEnum):
    """Why a mail is not taken."""

    AUTOMATIC = "automatic"
    """A program wrote it: an answering machine, a list, a bounce. It gets no answer."""
    NO_SENDER = "no-sender"
    """There is nobody who could confirm it."""
    TOO_LARGE = "too-large"
    EMPTY = "empty"
    """It holds no text."""
    UNREADABLE = "unreadable"


ANSWERED: Final = frozenset({Why.TOO_LARGE, Why.EMPTY})
"""Refusals that the sender is told of, if there is one."""


class MailNotTaken(ContentError):
    """The mail is none that a person wrote to the hub, or beyond the limits. sender: "" if none."""

    code: ClassVar[str] = "mail-not-taken"

    def __init__(self, why: Why, sender: str = "") -> None:
        super().__init__(f"The mail is not taken: {why.value}.")
        self.why = why
        self.sender = sender


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """
    A mail as the hub understands it.

    sender: a mail address that nothing proves. files: name and bytes, not checked yet. left_out:
    how many more there were. cut: whether the text was longer. answers: message halves of letters
    that it replies to. identity: what tells it from other mails, also when it comes twice.
    """

    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    left_out: int = 0
    cut: bool = False
    answers: tuple[str, ...] = ()
    identity: bytes = field(default=b"", repr=False)


def read_mail(raw: bytes, *, own: str = "") -> IncomingMail:
    """
    Return what somebody wrote. Raises MailNotTaken, and nothing else.

    raw: the whole message as a mail server hands it over. own: the address that the hub itself
    writes from; a mail from there is a loop.
    """
    head = raw[: LARGEST_HEADERS + 4]
    end = min((at for at in (head.find(b"\n\n"), head.find(b"\r\n\r\n")) if at >= 0), default=-1)
    if end < 0 and len(raw) > LARGEST_HEADERS:
        raise MailNotTaken(Why.UNREADABLE)
    headers = _parsed(raw[: end + 4] if end >= 0 else raw)
    sender = _sender(headers)
    if _is_automatic(headers, sender, own):
        raise MailNotTaken(Why.AUTOMATIC)
    if not sender:
        raise MailNotTaken(Why.NO_SENDER)
    if len(raw) > LARGEST_MAIL:
        raise MailNotTaken(Why.TOO_LARGE, sender)
    if raw.count(b"\n--") > MOST_BOUNDARIES:
        raise MailNotTaken(Why.UNREADABLE)
    try:
        return _read(_parsed(raw), raw, sender)
    except RecursionError:
        raise MailNotTaken(Why.UNREADABLE) from None


def _read(message: EmailMessage, raw: bytes, sender: str) -> IncomingMail:
    plain: list[str] = []
    html: list[str] = []
    files: list[tuple[str, bytes]] = []
    left_out = 0
    spoken = _header(message, "Content-Language")
    for part in _leaves(message):
        name = _file_name(part)
        kind = _kind(part)
        body = _body(part)
        if name is None and kind in ("text/plain", "text/html"):
            spoken = spoken or _header(part, "Content-Language")
        if name is None and kind == "text/plain":
            plain.append(decoded(body, _charset(part)))
        elif name is None and kind == "text/html":
            html.append(html_to_text(decoded(body, _charset(part))))
        elif body and len(files) < MOST_FILES:
            files.append((name or "attachment", body))
        elif body or kind.startswith("message/"):
            left_out += 1
    text = shown_text("\n\n".join(plain)) or shown_text("\n\n".join(html))
    subject = shown_line(_header(message, "Subject"), LONGEST_SUBJECT)
    subject = _without_prefixes(subject)
    if not text:
        if not subject:
            raise MailNotTaken(Why.EMPTY, sender)
        text = subject
    cut = len(text.encode()) > LONGEST_TEXT
    if cut:
        text = text.encode()[:LONGEST_TEXT].decode("utf-8", "ignore").rstrip() + CUT
    answers = _MESSAGE_ID.findall(
        f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}"
    )
    message_id = _header(message, "Message-ID").strip()
    return IncomingMail(
        sender=sender,
        subject=subject or shown_line(text, 80),
        text=text,
        language=shown_line(spoken, 35).partition(",")[0].strip(),
        files=tuple(files),
        left_out=left_out,
        cut=cut,
        answers=tuple(dict.fromkeys(each for each in answers if is_id(each))),
        identity=f"{message_id} {sender}".encode("utf-8", "replace") if message_id else raw,
    )


def _parsed(raw: bytes) -> EmailMessage:
    try:
        return BytesParser(EmailMessage, policy=default).parsebytes(raw)
    except Exception:
        # The parser promises not to raise, and does for some messages.
        raise MailNotTaken(Why.UNREADABLE) from None


def _header(message: EmailMessage, name: str) -> str:
    """Return the first header of that name, decoded, "" if there is none that can be read."""
    wanted = name.lower()
    for each, value in message.raw_items():
        if each.lower() == wanted:
            if len(value) > LONGEST_HEADER:
                return ""
            try:
                return str(message.policy.header_fetch_parse(each, value))
            except Exception:
                # Its parsers fail in many ways on headers that are none.
                return str(value)
    return ""


def _has(message: EmailMessage, name: str) -> bool:
    return any(each.lower() == name for each, _ in message.raw_items())


def _sender(message: EmailMessage) -> str:
    """Return the one address in From, or ""."""
    senders = [value for each, value in message.raw_items() if each.lower() == "from"]
    if len(senders) != 1 or len(senders[0]) > LONGEST_HEADER:
        return ""
    # The parser of the standard library guesses; a sender that needs guessing is none.
    text = _COMMENT.sub("", " ".join(str(senders[0]).split()))
    bracketed = _BRACKETED.search(text)
    try:
        return mail_address(bracketed[1] if bracketed else text)
    except ValueError:
        return ""


def _is_automatic(message: EmailMessage, sender: str, own: str) -> bool:
    """Return whether a program wrote it (RFC 3834), so that no answer may be sent."""
    submitted = _header(message, "Auto-Submitted").strip().lower()
    return (
        (submitted or "no").split(";")[0].strip() != "no"
        or _header(message, "Precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply")
        or any(_has(message, name) for name in (*_LIST_HEADERS, *_ROBOT_HEADERS))
        or (_has(message, "return-path") and "@" not in _header(message, "Return-Path"))
        or _kind(message) in ("multipart/report", "message/delivery-status")
        or sender.partition("@")[0].lower() in _MACHINES
        or (bool(own) and sender.casefold() == own.casefold())
    )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Go through the parts in their order; mails inside of the mail count as one part each."""
    waiting, count = [(message, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MOST_PARTS or depth > DEEPEST:
            raise MailNotTaken(Why.UNREADABLE)
        # Only of a part with parts: of others the parser would decode the text, by any codec.
        if part.is_multipart() and not _kind(part).startswith("message/"):
            parts = [each for each in part.get_payload() if isinstance(each, EmailMessage)]
            waiting.extend((each, depth + 1) for each in reversed(parts))
        else:
            yield part


def _kind(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except Exception:
        return "application/octet-stream"


def _charset(part: EmailMessage) -> str:
    try:
        return str(part.get_content_charset("utf-8"))
    except Exception:
        return "utf-8"


def _file_name(part: EmailMessage) -> str | None:
    """Return the name of a file, "" for one without a name, None for a text to be read."""
    try:
        name, disposition = part.get_filename(), part.get_content_disposition()
    except Exception:
        return ""
    if name is not None:
        return shown_line(name, 200)
    return "" if disposition == "attachment" else None


def _body(part: EmailMessage) -> bytes:
    try:
        body = part.get_payload(decode=True)
    except Exception:
        return b""
    return body if isinstance(body, bytes) else b""


def _without_prefixes(subject: str) -> str:
    before = None
    while subject != before:
        before = subject
        subject = _PREFIX.sub("", subject).strip()
    return subject
