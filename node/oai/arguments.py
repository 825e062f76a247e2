"""What a request of OAI-PMH asks for, checked as the protocol says; tokens to go on."""

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from urllib.parse import urlsplit

import orjson

from content.resources.formats import hub_xml, oai_dc
from content.times import from_text, to_text
from content.vocabulary import Vocabulary
from federation.public_changes import Place, Span
from protocol.ids import is_ulid

PREFIXES: Final = (oai_dc.PREFIX, hub_xml.PREFIX)
_LIST: Final = frozenset({"from", "until", "set", "metadataPrefix", "resumptionToken"})
ARGUMENTS: Final[Mapping[str, frozenset[str]]] = {
    "Identify": frozenset(),
    "ListMetadataFormats": frozenset({"identifier"}),
    "ListSets": frozenset({"resumptionToken"}),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
    "GetRecord": frozenset({"identifier", "metadataPrefix"}),
}
"""The verbs and what each may be told."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SECOND: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+", re.ASCII)
_SPEC: Final = re.compile(rf"{_NAME.pattern}(:{_NAME.pattern})*", re.ASCII)
_LONGEST: Final = 2048
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML document may hold: a request with one could not be repeated in its answer."""
_OF_URIS: Final = (
    r"[A-Za-z0-9\-._~/?@!$&'()*+,;=%s]|%%[0-9A-Fa-f]{2}"
    r"|[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0010fffd]"
)
_URI: Final = re.compile(
    rf"([A-Za-z][A-Za-z0-9+.\-]*:({_OF_URIS % ':'})*|({_OF_URIS % ''})*)(#({_OF_URIS % ':'})*)?"
)
"""A URI (RFC 3986) or IRI; hosts in square brackets are none of ours."""


_WHOLE: Final = Span()


class OaiError(Exception):
    """The answer is an error of the protocol. code: such as badArgument. text: for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    A request that is in order.

    arguments: as given, to be repeated in the answer. place, seen: where a list goes on, and how
    many were listed before.
    """

    verb: str
    arguments: Mapping[str, str]
    identifier: str | None = None
    prefix: str | None = None
    span: Span = _WHOLE
    set_spec: str | None = None
    place: Place | None = None
    seen: int = 0


def read_arguments(pairs: Iterable[tuple[str, str]]) -> Asked:
    """Return what is asked for. pairs: names and values, of the query or of a form. OaiError."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            code = "badVerb" if name == "verb" else "badArgument"
            raise OaiError(code, f"The argument {name[:40]} is there twice.")
        given[name] = value
    verb = given.get("verb", "")
    if verb not in ARGUMENTS:
        raise OaiError("badVerb", f"The verb must be one of {', '.join(ARGUMENTS)}.")
    _check_names(verb, given)
    asked = Asked(verb=verb, arguments=given, identifier=given.get("identifier"))
    if "resumptionToken" in given:
        return _going_on(asked, given["resumptionToken"])
    if verb in ("ListIdentifiers", "ListRecords"):
        return replace(
            asked,
            prefix=_prefix(given),
            span=_span(given.get("from"), given.get("until"), given.get("set")),
            set_spec=given.get("set"),
        )
    if verb == "GetRecord":
        if not asked.identifier:
            raise OaiError("badArgument", "GetRecord needs an identifier.")
        return replace(asked, prefix=_prefix(given))
    return asked


@cache
def set_specs() -> dict[str, str]:
    """Return the name of each set by its topic: the topic, after what it is part of."""
    vocabulary = Vocabulary.load()
    return {
        topic: ":".join((*reversed(vocabulary.broader(topic)), topic))
        for topic in vocabulary.ids("topics")
    }


def token_of(asked: Asked, place: Place, seen: int) -> str:
    """Return what to ask the next part of a list with. It holds all, so it never expires."""
    span = asked.span
    parts = [
        *(asked.verb, asked.prefix, asked.set_spec),
        *(None if at is None else to_text(at) for at in (span.since, span.before)),
        *(to_text(place.at), place.ref, seen),
    ]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _check_names(verb: str, given: Mapping[str, str]) -> None:
    allowed = ARGUMENTS[verb] | {"verb"}
    if unknown := sorted(given.keys() - allowed):
        raise OaiError("badArgument", f"{verb} takes no argument {unknown[0][:40]}.")
    if "resumptionToken" in given and len(given) > 2:
        raise OaiError("badArgument", "A resumptionToken stands alone beside the verb.")
    for name, value in given.items():
        if not value or len(value) > _LONGEST:
            raise OaiError("badArgument", f"The argument {name} is empty or too long.")
        if _NOT_XML.search(value):
            raise OaiError("badArgument", f"The argument {name} has a sign that no XML may hold.")
    _check_values(given)


def _check_values(given: Mapping[str, str]) -> None:
    """Refuse what is no value at all, so that every other error can repeat what was asked."""
    if not _is_uri(given.get("identifier", "")):
        raise OaiError("badArgument", "identifier must be a URI.")
    if not _NAME.fullmatch(given.get("metadataPrefix", PREFIXES[0])):
        raise OaiError("badArgument", f"Name a metadataPrefix: {' or '.join(PREFIXES)}.")
    if not _SPEC.fullmatch(given.get("set", "all")):
        raise OaiError("badArgument", "set is not the name of a set; ListSets tells them.")
    for name in ("from", "until"):
        if name in given:
            _moment(name, given[name])


def _is_uri(text: str) -> bool:
    """Return whether a text is a URI as the schema of the protocol takes it, or empty."""
    try:
        port = urlsplit(text).port
    except ValueError:
        return False
    return _URI.fullmatch(text) is not None and (port is None or port > 0)


def _prefix(given: Mapping[str, str]) -> str:
    prefix = given.get("metadataPrefix")
    if prefix is None:
        raise OaiError("badArgument", f"Name a metadataPrefix: {' or '.join(PREFIXES)}.")
    if prefix not in PREFIXES:
        raise OaiError(
            "cannotDisseminateFormat", f"There are {' and '.join(PREFIXES)}, for every record."
        )
    return prefix


def _span(since: str | None, until: str | None, set_spec: str | None) -> Span:
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "from and until must both be days, or both be to the second.")
    begin = None if since is None else _moment("from", since)[0]
    end = None if until is None else _moment("until", until)[1]
    if begin is not None and end is not None and begin >= end:
        raise OaiError("badArgument", "from must not be after until.")
    return Span(begin, end, None if set_spec is None else _topics(set_spec))


def _moment(name: str, text: str) -> tuple[datetime, datetime]:
    """Return when a day or a second begins, and when the next one does."""
    length = timedelta(days=1) if _DAY.fullmatch(text) else timedelta(seconds=1)
    last = datetime.max.replace(tzinfo=UTC)
    if not (_DAY.fullmatch(text) or _SECOND.fullmatch(text)):
        raise OaiError("badArgument", f"{name} must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    try:
        begin = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return begin, last if last - begin < length else begin + length
    except ValueError:
        raise OaiError("badArgument", f"{name} is no moment of the calendar.") from None


def _topics(set_spec: str) -> tuple[str, ...]:
    topic = next((t for t, spec in set_specs().items() if spec == set_spec), None)
    if topic is None:
        raise OaiError("noRecordsMatch", "There is no such set; ListSets tells them.")
    return (topic, *Vocabulary.load().narrower(topic))


def _going_on(asked: Asked, token: str) -> Asked:
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        verb, prefix, set_spec, since, before, at, ref, seen = parts
        if (verb, prefix in PREFIXES, is_ulid(ref)) != (asked.verb, True, True):
            raise ValueError(token)
        place = Place(from_text(at), ref)
        span = Span(
            None if since is None else from_text(since),
            None if before is None else from_text(before),
            None if set_spec is None else _topics(set_spec),
        )
        count = int(seen)
    except (ValueError, TypeError, AttributeError, binascii.Error, OaiError):
        raise OaiError(
            "badResumptionToken", "This token is not one that a list here gave out."
        ) from None
    return replace(asked, prefix=prefix, set_spec=set_spec, span=span, place=place, seen=count)


def specs_of(topics: Collection[str]) -> list[str]:
    """Return the sets that a record with these topics is in."""
    known = set_specs()
    return [known[topic] for topic in topics if topic in known]
