"""What a proposal would change: some fields of a record, each with its new value."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from content.errors import ContentError
from content.resources.record import ResourceRecord, read_record
from content.text import long_text
from content.validation import choose_one, shown

PROPOSABLE: Final = (
    *("title", "summary", "url", "publisher", "year", "language", "country", "city", "kind"),
    *("topics", "principles", "sdgs", "licence", "related"),
)
"""Who reads a record, and where it was imported from, only its own hub decides."""
_LISTS: Final = frozenset({"topics", "principles", "sdgs", "related"})
_NUMBERS: Final = frozenset({"year", "sdgs"})
_TEXTS: Final = frozenset({"title", "summary"})
LONGEST_REASON_BYTES: Final = 4 * 1024


class ProposalInvalid(ContentError):
    """What was given is no correction that could be made."""

    code: ClassVar[str] = "proposal-invalid"


def changed(record: ResourceRecord, changes: Mapping[str, Any]) -> ResourceRecord:
    """
    Return the record with these fields changed; None empties one.

    Raises ProposalInvalid for a field that cannot be proposed, or if nothing would change;
    RecordInvalid for values that are none of the field.
    """
    for name in changes:
        if name not in PROPOSABLE:
            near = choose_one(name, PROPOSABLE)
            raise ProposalInvalid(f"{shown(name)} is no field that can be proposed; {near}.")
    given = {
        name: () if value is None and name in _LISTS else value for name, value in changes.items()
    }
    after = read_record({**record.model_dump(mode="json"), **given})
    if after == record:
        raise ProposalInvalid("That is what the record says already; nothing would change.")
    return after


def check_reason(text: str) -> str:
    """Return why somebody proposes or declines, tidied. Raises ProposalInvalid."""
    try:
        tidy = long_text(text, LONGEST_REASON_BYTES)
    except ValueError as error:
        raise ProposalInvalid(f"The reason {error}") from None
    if not tidy:
        raise ProposalInvalid("Say why, in a sentence: the other side decides by it.")
    return tidy


def typed(record: ResourceRecord, pairs: Iterable[str]) -> dict[str, Any]:
    """
    Return changes out of what a person typed: field=value, or title.es=value for one language.

    Lists are parted by commas; nothing after the sign empties the field. Raises ProposalInvalid.
    """
    changes: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        field, _, tag = name.strip().partition(".")
        if not sign:
            raise ProposalInvalid(f"{shown(pair)}: write field=value, such as year=2026.")
        if tag and field not in _TEXTS:
            raise ProposalInvalid(f"{shown(field)} has no languages; write {field}=value.")
        changes[field] = _value(record, field, tag, value.strip(), changes.get(field))
    return changes


def _value(record: ResourceRecord, field: str, tag: str, value: str, before: Any) -> Any:
    if field in _TEXTS:
        texts = dict(before or getattr(record, field))
        texts.pop(tag or record.language, None)
        return {**texts, tag or record.language: value} if value else texts
    if field in _LISTS:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        return [_number(field, part) for part in parts]
    return _number(field, value) if value else None


def _number(field: str, value: str) -> Any:
    if field not in _NUMBERS:
        return value
    if not (value.isascii() and value.isdecimal() and len(value) < 9):
        raise ProposalInvalid(f"{field}: {shown(value)} is not a whole number.")
    return int(value)
