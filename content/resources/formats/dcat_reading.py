"""
DCAT in JSON-LD, read: our own catalogues without loss, others' as far as they have what we have.

Understood are DCAT-AP in any of its JSON-LD shapes and the `data.json` of DCAT-US.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from content.language import language_tag
from content.resources.formats.foreign import foreign_fields, moment_of
from content.resources.formats.nodes import Graph, Node, local
from content.resources.formats.shapes import (
    BadRecord,
    FormatUnreadable,
    Found,
    Reading,
    key_in_fields,
)
from content.resources.record import RecordInvalid

_DATASETS: Final = frozenset({"Dataset", "DatasetSeries"})
_LISTS: Final = ("dataset", "member")


def read(lines: Iterable[bytes]) -> Iterator[Reading]:
    """
    Yield every dataset of a document. lines: the bytes of it, such as an open file.

    Raises FormatUnreadable if it is not JSON.
    """
    try:
        root = json.loads(b"".join(lines).removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise FormatUnreadable("The document is nested too deeply.") from None
    except ValueError as error:
        why = getattr(error, "msg", "it is not UTF-8")
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise FormatUnreadable(f"The document is not JSON: {why}{place}.") from None
    datasets = list(_datasets(Graph(root)))
    if not datasets and not _says_dcat(root):
        raise FormatUnreadable("The document is no catalogue: it names no dataset and no catalog.")
    for number, node in enumerate(datasets, start=1):
        yield _read(node, f"record {number}")


def _says_dcat(root: Any) -> bool:
    return any("Catalog" in node.types or "dataset" in node for node in Graph(root).tops)


def _datasets(graph: Graph) -> Iterator[Node]:
    seen: set[str] = set()
    for top in graph.tops:
        inner = [] if top.types & _DATASETS else list(top.nodes(*_LISTS))
        for node in [top, *inner] if top.types & _DATASETS else inner:
            if node.id is None or node.id not in seen:
                seen.add(node.id or "")
                yield node


def _read(node: Node, where: str) -> Found | BadRecord:
    keywords: tuple[str, ...] = ()
    try:
        if "sensitivity" in node and "label" in node and "language" in node:
            fields = _own_fields(node)
        else:
            fields, keywords = _foreign_fields(node)
        source_id = next(
            (word for word in (*node.words("identifier"), node.id) if word), None
        ) or key_in_fields(fields)
    except (ValueError, RecordInvalid) as error:
        return BadRecord(where=where, reason=str(error))
    modified = next((at for word in node.words("modified") if (at := moment_of(word))), None)
    return Found(
        source_id=source_id, fields=fields, modified=modified, keywords=keywords, where=where
    )


def _own_fields(node: Node) -> dict[str, Any]:
    """Return the fields of a dataset that a hub wrote, exactly."""
    place = next(node.nodes("spatial"), None)
    access = next(node.nodes("distribution"), None)
    licensed = node if access is None else access
    fields: dict[str, Any] = {
        "title": _exact(node, "title"),
        "summary": _exact(node, "description"),
        "url": next(node.ids("landingPage"), None),
        "publisher": node.name("publisher"),
        "year": _number(next(node.words("issued"), None)),
        "language": _one(node, "language"),
        "country": None if place is None else _one(place, "notation"),
        "city": None if place is None else _one(place, "label"),
        "kind": next(_concepts(node, "type"), None),
        "topics": tuple(_concepts(node, "theme")),
        "principles": tuple(_concepts(node, "principle")),
        "sdgs": tuple(_number(each) for each in _concepts(node, "goal")),
        "licence": licensed.name("license"),
        "label": _one(node, "label"),
        "sensitivity": _one(node, "sensitivity"),
        "source": _one(node, "source"),
        "source_id": _one(node, "sourceId"),
        "related": tuple(node.ids("relation")),
        "statistics": next((text for _, text in node.texts("statistics")), None),
    }
    exact = next((links for _, links in node.texts("links")), None)
    if isinstance(exact, list) and exact:
        fields["url"], *related = exact
        fields["related"] = tuple(related)
    return {name: value for name, value in fields.items() if value is not None}


def _foreign_fields(node: Node) -> tuple[dict[str, Any], tuple[str, ...]]:
    access = list(node.nodes("distribution"))
    places = list(node.words("spatial"))
    names = [each for each in places if "://" not in each]
    return foreign_fields(
        title=node.texts("title", "name"),
        summary=node.texts("description"),
        language=node.words("language"),
        kinds=node.words("type", "additionalType"),
        subjects=(*node.words("theme"), *node.words("keyword", "keywords"), *node.words("subject")),
        links=(
            *node.words("landingPage"),
            *(word for each in access for word in each.words("accessURL")),
            *(word for each in access for word in each.words("downloadURL", "contentUrl")),
            *node.words("page", "url"),
            node.id,
        ),
        publisher=node.name("publisher", "creator"),
        years=(*node.words("issued", "datePublished"), *node.words("modified")),
        country=next((each for each in places if len(each) == 2), None),
        city=next((each for each in names if len(each) > 2), None),
        licence=next(
            (word for each in (*access, node) for word in each.words("license", "rights")), None
        ),
    )


def _exact(node: Node, name: str) -> dict[str, Any]:
    return {language_tag(str(tag)): text for tag, text in node.texts(name)}


def _one(node: Node, name: str) -> str | None:
    return next((str(text) for _, text in node.texts(name)), None)


def _concepts(node: Node, name: str) -> Iterator[str]:
    return (local(each) for each in node.ids(name))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else None
