"""Facets as a page shows them: what is chosen, how to take it back, and what can be chosen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from content.search import ExpertPage, FacetCount, SearchPage
from content.vocabulary import Vocabulary
from node.api.records import HubNames
from node.web import words
from node.web.addresses import search_path
from node.web.said import Said, said, said_by_itself, said_here

AT_FIRST = 8
"""So many values of a facet are open; the others are folded away."""
Chosen = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value. path: the search with it. count: how many it finds, in words."""

    label: Said
    path: str
    count: str


@dataclass(frozen=True, slots=True)
class Pick:
    """A value that is chosen. without: the search without it. above: wider ones to go back to."""

    label: Said
    without: str
    above: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a search. name: of the parameter. first, more: open and folded values."""

    name: str
    pick: Pick | None
    first: tuple[Choice, ...]
    more: tuple[Choice, ...]


class FacetReader:
    """Makes the facets of one search."""

    def __init__(
        self,
        path: str,
        chosen: Chosen,
        found: SearchPage | ExpertPage,
        names: HubNames,
    ) -> None:
        """path: of the page; chosen: its parameters; found: what they gave."""
        self._path = path
        self._chosen = chosen
        self._counts = found.facets
        self._exact = found.total_is_exact
        self._total = found.total
        self._labels: Mapping[str, Callable[[str], Said]] = {
            "topic": lambda value: said_here(words.concept(value)),
            "kind": lambda value: said_here(words.kind(value)),
            "language": lambda value: said(words.own_name(value), value),
            "country": lambda value: said_here(words.country(value)),
            "hub": lambda value: said_by_itself(names.of(value).name),
        }

    def facets(self) -> tuple[Facet, ...]:
        """Return all facets that have something to show, in the order of the counts."""
        found = (self._facet(name) for name in self._counts)
        return tuple(facet for facet in found if facet.pick or facet.first)

    def picks(self) -> tuple[tuple[str, Pick], ...]:
        """Return the facets that are chosen, with their names."""
        return tuple((facet.name, facet.pick) for facet in self.facets() if facet.pick)

    def _facet(self, name: str) -> Facet:
        value = self._chosen.get(name)
        counts = self._counts[name]
        if name == "topic":
            return self._topic(value, counts)
        if value is not None:
            return Facet(name, self._pick(name, value), (), ())
        return self._open(name, None, counts)

    def _topic(self, value: str | None, counts: Iterable[FacetCount]) -> Facet:
        """Show the topics one step narrower; what stands above the chosen one leads back."""
        vocabulary = Vocabulary.load()
        children = [
            each
            for each in counts
            if each.value in vocabulary and vocabulary.concept(each.value).broader == value
        ]
        if value is None:
            return self._open("topic", None, children)
        wider = reversed(vocabulary.broader(value)) if value in vocabulary else ()
        above = tuple(
            Choice(self._label("topic", each), self._with("topic", each), "") for each in wider
        )
        pick = self._pick("topic", value)
        return self._open("topic", Pick(pick.label, pick.without, above), children)

    def _open(self, name: str, pick: Pick | None, counts: Iterable[FacetCount]) -> Facet:
        choices = tuple(
            Choice(
                self._label(name, each.value),
                self._with(name, each.value),
                words.at_least(each.count, self._exact),
            )
            for each in counts
        )
        if len(choices) == 1 and pick is None and choices[0].count == words.number(self._total):
            # It would find the same again.
            choices = ()
        # One value alone behind a fold would be silly.
        first = AT_FIRST if len(choices) > AT_FIRST + 1 else len(choices)
        return Facet(name, pick, choices[:first], choices[first:])

    def _pick(self, name: str, value: str) -> Pick:
        return Pick(self._label(name, value), self._with(name, None))

    def _label(self, name: str, value: str) -> Said:
        return self._labels[name](value)

    def _with(self, name: str, value: str | None) -> str:
        return search_path(self._path, self._chosen, **{name: value})
