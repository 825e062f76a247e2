"""
What CKAN's action API answers, as records. Pure; asking is federation/harvesting/ckan.py.

Source: https://docs.ckan.org/en/latest/api/ (package_search, package_show), and what portals send:
extras of harvested DCAT, titles by language (ckanext-fluent, ckanext-scheming), licence ids.
People who are named as author or maintainer are personal data and are not taken.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from content.harvest.reading import SourceUnreadable, read_json
from content.resources.formats.foreign import foreign_fields, moment_of
from content.resources.formats.shapes import BadRecord, Deleted, Found, Reading

_LICENCES: Final = {
    "cc-by": "CC-BY", "cc-by-4.0": "CC-BY-4.0", "cc-by-sa": "CC-BY-SA",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc-zero": "CC0-1.0", "cc0-1.0": "CC0-1.0", "cc-nc": "CC-BY-NC", "odc-by": "ODC-By-1.0",
    "odc-odbl": "ODbL-1.0", "odc-pddl": "PDDL-1.0", "uk-ogl": "OGL-UK-3.0", "gfdl": "GFDL-1.3",
    "ogl-uk-3.0": "OGL-UK-3.0", "dl-de-by-2.0": "DL-DE-BY-2.0", "dl-de-zero-2.0": "DL-DE-ZERO-2.0",
}  # fmt: skip
"""Ids of CKAN's list of licences as SPDX writes them, where it does."""
_NO_LICENCE: Final = frozenset({"notspecified", "", "none"})
LONGEST_ID: Final = 200


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page of package_search. count: how many the portal says there are in all."""

    count: int
    readings: tuple[Reading, ...]
    newest: str | None
    """The last metadata_modified on the page, in the portal's own words."""


def portal_of(url: str) -> str:
    """Return the address of a portal out of that of its API or of one of its pages."""
    base = url.partition("?")[0].partition("#")[0]
    for part in ("/api/", "/dataset"):
        base = base.partition(part)[0]
    return base.rstrip("/")


def read_search(body: bytes, portal: str) -> SearchAnswer:
    """Return what an answer of package_search holds. Raises SourceUnreadable."""
    result = _result(body)
    packages, count = result.get("results"), result.get("count")
    if not isinstance(packages, list) or not isinstance(count, int):
        raise SourceUnreadable("The answer has no list of packages: is this a CKAN portal?")
    found = [each for each in packages if isinstance(each, dict)]
    times = [each.get("metadata_modified") for each in found]
    newest = max((each for each in times if isinstance(each, str)), default=None)
    return SearchAnswer(count, tuple(_readings(packages, portal)), newest)


def is_there(status: int, body: bytes) -> bool:
    """
    Return whether an answer of package_show says that a package still is in public.

    CKAN answers 404 for one that is gone, 403 for one that became private, and shows a deleted one
    to its own people only. Raises SourceUnreadable where the answer says neither.
    """
    if status in (403, 404, 410):
        return False
    if status != 200:
        raise SourceUnreadable(f"The portal answered {status} when asked for one package.")
    package = _result(body)
    return package.get("state", "active") == "active" and package.get("private") is not True


def _result(body: bytes) -> Mapping[str, Any]:
    answer = read_json(body)
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, dict) or answer.get("success") is not True:
        raise SourceUnreadable("The answer is not one of CKAN's action API.")
    return result


def _readings(packages: Iterable[object], portal: str) -> Iterator[Reading]:
    for number, package in enumerate(packages, start=1):
        if not isinstance(package, dict):
            yield BadRecord(where=f"package {number}", reason="is no object.")
            continue
        source_id = package.get("id")
        if not isinstance(source_id, str) or not 0 < len(source_id) <= LONGEST_ID:
            name = str(package.get("name"))[:100]
            yield BadRecord(where=f"package {name}", reason="has no usable id.")
        elif package.get("state", "active") != "active" or package.get("private") is True:
            yield Deleted(source_id=source_id, at=_moment(package.get("metadata_modified")))
        else:
            yield _found(package, source_id, portal)


def _found(package: Mapping[str, Any], source_id: str, portal: str) -> Found:
    extras = _extras(package)
    name = package.get("name")
    page = f"{portal}/dataset/{name if isinstance(name, str) and name else source_id}"
    fields, keywords = foreign_fields(
        title=_texts(package, "title") or [(None, name)],
        summary=_texts(package, "notes"),
        language=_languages(package.get("language"), extras.get("language")),
        kinds=(extras.get("dcat_type"), package.get("type")),
        subjects=_subjects(package, extras),
        links=(page, package.get("url")),
        publisher=_publisher(package, extras),
        years=(
            package.get("issued"),
            extras.get("issued"),
            package.get("metadata_created"),
        ),
        country=extras.get("country"),
        licence=_licence(package),
    )
    return Found(
        source_id=source_id,
        fields=fields,
        keywords=keywords,
        modified=_moment(package.get("metadata_modified")),
        where=str(name or source_id),
    )


def _texts(package: Mapping[str, Any], name: str) -> list[tuple[object, object]]:
    """Return a text by language: a portal has it plain, in an object, or beside it, translated."""
    pairs: list[tuple[object, object]] = []
    for value in (package.get(f"{name}_translated"), package.get(name)):
        if isinstance(value, str) and value.lstrip().startswith("{"):
            with suppress(orjson.JSONDecodeError):
                value = orjson.loads(value)
        if isinstance(value, dict):
            pairs += value.items()
        elif value:
            pairs.append((None, value))
    translated = [pair for pair in pairs if pair[0] is not None and pair[1]]
    return translated or pairs


def _extras(package: Mapping[str, Any]) -> dict[str, Any]:
    listed = package.get("extras")
    return {
        str(each.get("key")): each.get("value")
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict)
    }


def _languages(*values: object) -> list[object]:
    found: list[object] = []
    for value in values:
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                continue
        found += value if isinstance(value, list) else [value]
    return found


def _subjects(package: Mapping[str, Any], extras: Mapping[str, Any]) -> list[object]:
    found: list[object] = []
    for listed in (package.get("tags"), package.get("groups")):
        found += [
            each.get("display_name") or each.get("title") or each.get("name")
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, dict)
        ]
    return [*found, *_languages(extras.get("theme"))]


def _publisher(package: Mapping[str, Any], extras: Mapping[str, Any]) -> object:
    organization = package.get("organization")
    if not isinstance(organization, dict):
        return extras.get("publisher_name")
    titled = organization.get("title") or organization.get("name")
    if isinstance(titled, dict):
        titled = next((each for each in titled.values() if each), None)
    return extras.get("publisher_name") or titled


def _licence(package: Mapping[str, Any]) -> object:
    given = package.get("license_id")
    if not isinstance(given, str) or given.lower() in _NO_LICENCE:
        return None
    return _LICENCES.get(given.lower()) or package.get("license_title") or given


def _moment(value: object) -> datetime | None:
    return moment_of(value)
