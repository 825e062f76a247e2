"""
A record as the source has it now, and as people here changed it: field by field both are kept.

A field that nobody here touched follows the source; one that people here corrected stays as they
wrote it. What the source said last is known by a digest of each field, not by a second copy.
"""

import hashlib
from collections.abc import Mapping

import orjson

from content.resources.record import ResourceRecord

FIELDS = tuple(ResourceRecord.model_fields)


def digests_of(record: ResourceRecord) -> dict[str, str]:
    """Return a short digest of each field that does not have its default."""
    values = record.model_dump(mode="json", exclude_defaults=True)
    return {name: _digest(value) for name, value in values.items()}


def _digest(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def merged(
    given: Mapping[str, str], ours: ResourceRecord, theirs: ResourceRecord
) -> ResourceRecord:
    """
    Return the record that this hub keeps. given: `digests_of` what the source gave last.

    Without anything given before, the source is followed in everything.
    """
    if not given:
        return theirs
    here = digests_of(ours)
    kept = {name: getattr(ours, name) for name in FIELDS if here.get(name) != given.get(name)}
    return theirs.model_copy(update=kept) if kept else theirs
