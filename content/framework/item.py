"""
What a policy framework says: its items in three pillars, each with guidance in several languages.

A framework is one value, so versions, differences and merges are functions of values. Lists and
texts are kept in one order, whoever wrote them: two frameworks that say the same are equal.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from content.errors import ContentError
from content.fields import Line, Link, Topics
from content.language import LanguageMap, check_language_map
from content.resources.record import LONGEST_TITLE, check_titles
from content.text import one_line
from content.validation import Problems, in_one_line, problems_of, shown
from content.vocabulary import Vocabulary

PILLARS = ("fnd-foundations", "str-structures", "tool-tools")
"""The three pillars of every framework, in their order. They are items too, and always there."""
PARTS = ("what", "why", "first", "who", "done")
"""The parts of the guidance of an item."""
PART_NAMES: Mapping[str, str] = {
    "what": "What it is",
    "why": "Why it matters",
    "first": "What to do first",
    "who": "Who is responsible",
    "done": "How to tell that it is done",
}
MOST_ITEMS = 200
MOST_LINKS = 50
LONGEST_PART = 4000
LARGEST_BYTES = 256 * 1024
"""Guidance of one item in all languages: so that it fits into one message between hubs."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class FrameworkInvalid(ContentError):
    """What was given is no framework, or no item of one. problems: field and reason of each."""

    code: ClassVar[str] = "framework-invalid"

    def __init__(self, problems: Problems) -> None:
        super().__init__(in_one_line(problems))
        self.problems = problems


class FrameworkItemNotFound(ContentError):
    """The framework has no such item."""

    code: ClassVar[str] = "framework-item-not-found"

    def __init__(self, item_id: str) -> None:
        super().__init__(
            f"The framework has no item {shown(item_id)}. See all of them: hub framework show"
        )


def _item_id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > 64:
        raise ValueError("must be small letters, digits and single hyphens, at most 64 signs.")
    return text


def _texts(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts of one part of the guidance by tag, in the order of tags."""
    checked = check_language_map(texts) if texts else {}
    for tag, text in checked.items():
        if len(text) > LONGEST_PART:
            raise ValueError(f"the text in {tag} must have at most {LONGEST_PART} signs.")
    return dict(sorted(checked.items()))


ItemId = Annotated[str, AfterValidator(_item_id)]
"""The id of an item, such as tool-dpia: the same in every framework that has the item."""
Texts = Annotated[dict[str, str], AfterValidator(_texts)]
"""Texts by language tag; there may be none."""


class Source(BaseModel):
    """A document on which the guidance of an item rests."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    title: Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=LONGEST_TITLE)]
    url: Link


class FrameworkItem(BaseModel):
    """
    One item: a foundation, structure or tool, or a pillar itself, whose pillar is its own id.

    title and the five parts of the guidance: by language. responsible: the body that is in charge
    here, in the words of the hub. resources: addresses of records of the catalogue that help here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: ItemId
    pillar: str
    title: LanguageMap
    what: Texts = {}
    why: Texts = {}
    first: Texts = {}
    who: Texts = {}
    done: Texts = {}
    responsible: Line = None
    topics: Topics = ()
    sources: Annotated[tuple[Source, ...], Field(max_length=MOST_LINKS)] = ()
    resources: Annotated[tuple[Link, ...], Field(max_length=MOST_LINKS)] = ()

    @field_validator("pillar")
    @classmethod
    def _pillar_is_one(cls, pillar: str) -> str:
        if pillar not in PILLARS:
            raise ValueError(f"must be one of {', '.join(PILLARS)}.")
        return pillar

    @field_validator("title")
    @classmethod
    def _titles_are_lines(cls, title: dict[str, str]) -> dict[str, str]:
        return dict(sorted(check_titles(title).items()))

    @field_validator("topics")
    @classmethod
    def _topics_in_order(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in Vocabulary.load().ids("topics") if each in topics)

    @field_validator("sources")
    @classmethod
    def _each_source_once(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        by_url = {source.url: source for source in sources}
        if len(by_url) != len(sources):
            raise ValueError("the same address is there twice.")
        return tuple(by_url[url] for url in sorted(by_url))

    @field_validator("resources")
    @classmethod
    def _each_resource_once(cls, resources: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(resources)))

    @model_validator(mode="after")
    def _pillars_hold_themselves(self) -> "FrameworkItem":
        if self.id in PILLARS and self.pillar != self.id:
            raise ValueError("a pillar is not part of another pillar.")
        return self

    @model_validator(mode="after")
    def _fits_into_a_message(self) -> "FrameworkItem":
        texts = [text for part in PARTS for text in getattr(self, part).values()]
        if sum(len(text) for text in texts) * 4 > LARGEST_BYTES and (
            sum(len(text.encode()) for text in texts) > LARGEST_BYTES
        ):
            raise ValueError(
                f"has more than {LARGEST_BYTES // 1024} KiB of guidance in all languages."
            )
        return self

    @property
    def is_pillar(self) -> bool:
        """Return whether this is a pillar itself: it has guidance, and is not scored."""
        return self.id in PILLARS


class Framework(BaseModel):
    """
    A whole framework. items: pillar after pillar, each followed by its items in their order.

    Whatever order is given, items are brought into that one; the pillars must all be there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    items: Annotated[tuple[FrameworkItem, ...], Field(max_length=MOST_ITEMS)]

    @field_validator("items")
    @classmethod
    def _in_order(cls, items: tuple[FrameworkItem, ...]) -> tuple[FrameworkItem, ...]:
        ids = [item.id for item in items]
        if len(set(ids)) != len(ids):
            twice = next(each for place, each in enumerate(ids) if each in ids[:place])
            raise ValueError(f"the item {twice} is there twice.")
        if missing := [pillar for pillar in PILLARS if pillar not in ids]:
            raise ValueError(f"the pillar {missing[0]} is missing.")
        return tuple(
            sorted(items, key=lambda item: (PILLARS.index(item.pillar), not item.is_pillar))
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of all items, in their order."""
        return tuple(item.id for item in self.items)

    def find(self, item_id: str) -> FrameworkItem | None:
        """Return an item, or None."""
        return next((item for item in self.items if item.id == item_id), None)

    def get(self, item_id: str) -> FrameworkItem:
        """Return an item. Raises FrameworkItemNotFound."""
        item = self.find(item_id)
        if item is None:
            raise FrameworkItemNotFound(item_id)
        return item

    def of_pillar(self, pillar: str) -> tuple[FrameworkItem, ...]:
        """Return the items of a pillar, without the pillar itself."""
        return tuple(item for item in self.items if item.pillar == pillar and not item.is_pillar)


def read_item(values: Mapping[str, Any]) -> FrameworkItem:
    """Return the item out of plain values. Raises FrameworkInvalid, which names every mistake."""
    try:
        return FrameworkItem.model_validate(values)
    except ValidationError as error:
        raise FrameworkInvalid(problems_of(error, "item")) from None


def read_framework(values: Mapping[str, Any]) -> Framework:
    """Return the framework out of plain values. Raises FrameworkInvalid."""
    try:
        return Framework.model_validate(values)
    except ValidationError as error:
        raise FrameworkInvalid(problems_of(error, "framework")) from None
