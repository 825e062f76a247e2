"""
JSON-LD read as plain JSON: whatever its prefixes are, nested or in a @graph, one value or a list.

No context is ever loaded. A property is known by the last part of its name, since `dct:title`,
`dcterms:title`, `title` and `http://purl.org/dc/terms/title` are one thing in real catalogues.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_LAST: Final = re.compile(r"[/#:]")
_TAG: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_NAMES: Final = ("name", "prefLabel", "label", "title")


def local(name: str) -> str:
    """Return the last part of the name of a property or type; keywords stay as they are."""
    return name if name.startswith("@") else _LAST.split(name.rstrip("/#"))[-1]


class Node:
    """One object of a document, with its properties by the last part of their names."""

    __slots__ = ("_graph", "_values", "id")

    def __init__(self, raw: Mapping[str, Any], graph: "Graph") -> None:
        self._graph = graph
        self._values: dict[str, list[Any]] = {}
        for name, value in raw.items():
            values = value if isinstance(value, list) else [value]
            self._values.setdefault(local(name), []).extend(values)
        given = [each for each in self._values.get("@id", ()) if isinstance(each, str)]
        self.id: str | None = given[0] if given else None

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def types(self) -> frozenset[str]:
        """Return the last parts of its types."""
        named = [*self._values.get("@type", ()), *self._values.get("type", ())]
        return frozenset(local(each) for each in named if isinstance(each, str))

    def values(self, *names: str) -> list[Any]:
        """Return all values of the first of the properties that has any."""
        found = next((self._values[name] for name in names if self._values.get(name)), [])
        flat: list[Any] = []
        for value in found:
            inner = value.get("@list", value.get("@set")) if isinstance(value, dict) else None
            flat.extend(inner if isinstance(inner, list) else [value])
        return flat

    def texts(self, *names: str) -> Iterator[tuple[object, object]]:
        """Yield language and text of each value of a property; the language is None if not told."""
        for value in self.values(*names):
            if not isinstance(value, dict):
                yield None, value
            elif "@value" in value:
                yield value.get("@language"), value["@value"]
            elif value and all(_TAG.fullmatch(str(key)) for key in value):
                for tag, texts in value.items():
                    yield tag, texts[0] if isinstance(texts, list) and texts else texts

    def nodes(self, *names: str) -> Iterator["Node"]:
        """Yield the nodes that a property holds or refers to."""
        for value in self.values(*names):
            if isinstance(value, dict) and "@value" not in value:
                yield self._graph.node(value)
            elif isinstance(value, str) and value in self._graph:
                yield self._graph.node({"@id": value})

    def ids(self, *names: str) -> Iterator[str]:
        """Yield the ids that a property refers to, or the texts in their place."""
        for value in self.values(*names):
            given = value.get("@id", value.get("@value")) if isinstance(value, dict) else value
            if isinstance(given, str):
                yield given

    def words(self, *names: str) -> Iterator[str]:
        """Yield every word of a property: texts, names of nodes and their ids."""
        for value in self.values(*names):
            if isinstance(value, str):
                yield value
        for _, text in self.texts(*names):
            if isinstance(text, str | int):
                yield str(text)
        for node in self.nodes(*names):
            yield from (str(text) for _, text in node.texts(*_NAMES, "notation"))
            if node.id is not None:
                yield node.id

    def name(self, *names: str) -> str | None:
        """Return how people call what a property refers to, None where only an id is told."""
        for node in self.nodes(*names):
            for _, text in node.texts(*_NAMES):
                if isinstance(text, str) and text.strip():
                    return text
        for _, text in self.texts(*names):
            if isinstance(text, str) and text.strip() and text not in self._graph:
                return text
        return None


class Graph:
    """All nodes of a document. root: what `json.loads` gave; anything else holds no node."""

    def __init__(self, root: Any) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        self.tops: list[Node] = []
        waiting = [root]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                given = value.get("@id")
                if isinstance(given, str) and len(value) > 1:
                    self._known.setdefault(given, value)
                waiting.extend(each for each in value.values() if isinstance(each, list | dict))
        for top in _tops(root):
            self.tops.append(Node(top, self))

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._known

    def node(self, value: Mapping[str, Any]) -> Node:
        """Return a node; a mere reference becomes what it refers to, where that is here."""
        given = value.get("@id")
        if len(value) == 1 and isinstance(given, str):
            value = self._known.get(given, value)
        return Node(value, self)


def _tops(root: Any) -> Iterator[Mapping[str, Any]]:
    for each in root if isinstance(root, list) else [root]:
        if not isinstance(each, dict):
            continue
        inner = each.get("@graph")
        if isinstance(inner, list | dict):
            yield from _tops(inner)
        if set(each) - {"@graph", "@context", "@id"}:
            yield each
