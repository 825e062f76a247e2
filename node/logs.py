"""
Logs: an event and ids on one line, as text or as JSON (docs/adr/0021-logs.md).

What people wrote, keys, tokens and signatures are never logged; should some code try, a processor
takes them out. No text can break out of its line or drive a terminal (SECURITY.md S45, S53).
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final, Literal

import orjson
import structlog

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
"""The one logger. Use it as `log.info("delivery-failed", activity=id, status=503)`."""

CONFIDENTIAL: Final = frozenset(
    {
        "authorization",
        "signature",
        "token",
        "secret",
        "password",
        "cookie",
        "key",
        "private",
        "body",
        "text",
        "title",
        "question",
        "answer",
        "contact",
        "requester",
        "content",
        "summary",
        "email",
    }
)
"""Names of fields whose values are not logged, also as a part: `signature_input`, `case_title`."""
REDACTED: Final = "[not logged]"
_WORD = re.compile(r"[^a-z0-9]+")
_TOKEN = re.compile(r"hub_[A-Za-z0-9_-]{20,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LONGEST = 500

Level = Literal["debug", "info", "warning", "error"]
Event = MutableMapping[str, Any]


def set_up_logs(level: Level, form: Literal["console", "json"]) -> None:
    """Send all logs of the process to stderr, from this level on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    render = _as_json if form == "json" else _as_line
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            redact,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_OfLibraries()]
    root.setLevel(max(number, logging.WARNING))


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """Take out of an event what is confidential, and what could break the line."""
    for name, value in event.items():
        if CONFIDENTIAL.intersection(_WORD.split(name.lower())):
            event[name] = REDACTED
        else:
            event[name] = _plain(value)
    return event


def where(error: BaseException) -> str:
    """Return where an error came from, as file:line of the innermost places; without messages."""
    places = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{Path(at.filename).name}:{at.lineno}" for at in reversed(places))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return REDACTED
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return redact(None, "", {str(name): item for name, item in value.items()})
    text = _TOKEN.sub(REDACTED, str(value))
    return _CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text[:_LONGEST])


def _as_json(_logger: Any, _method: str, event: Event) -> str:
    return orjson.dumps(dict(event), option=orjson.OPT_SORT_KEYS, default=str).decode()


def _as_line(_logger: Any, _method: str, event: Event) -> str:
    at, level, name = event.pop("at"), event.pop("level"), event.pop("event")
    rest = " ".join(f"{field}={_quoted(value)}" for field, value in event.items())
    return f"{at} {level:<7} {name} {rest}".rstrip()


def _quoted(value: Any) -> str:
    text = str(value)
    return text if text and " " not in text and '"' not in text else orjson.dumps(text).decode()


class _OfLibraries(logging.Handler):
    """
    Takes what libraries log: which one, its fixed words and the kind of error.

    Not the values: they may hold what somebody sent.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        error = record.exc_info[1] if record.exc_info else None
        values = {"library": record.name, "says": str(record.msg)[:200]}
        if error is not None:
            values |= {"error": type(error).__name__, "at_code": where(error)}
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write("library", **values)
