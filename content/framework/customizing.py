"""What a hub does to its framework, each as a function from one framework to the next. Pure."""

from collections.abc import Iterable
from typing import ClassVar

from content.errors import ContentError
from content.framework.item import (
    PARTS,
    PILLARS,
    Framework,
    FrameworkItem,
    read_framework,
    read_item,
)


class FrameworkItemExists(ContentError):
    """The framework has an item of that id."""

    code: ClassVar[str] = "framework-item-exists"

    def __init__(self, item_id: str) -> None:
        super().__init__(
            f"The framework has an item {item_id} already. Change that one, or give"
            " this one another id."
        )


class PillarStays(ContentError):
    """A pillar cannot be dropped or moved."""

    code: ClassVar[str] = "pillar-stays"

    def __init__(self, item_id: str) -> None:
        super().__init__(
            f"{item_id} is a pillar: it can be worded anew, but not dropped or moved."
            " Drop the items in it that do not fit."
        )


class NotAttached(ContentError):
    """The item has no such resource."""

    code: ClassVar[str] = "framework-not-attached"

    def __init__(self, item_id: str) -> None:
        super().__init__(f"No resource of that address is attached to {item_id}.")


class ItemsApart(ContentError):
    """An item is to follow one of another pillar, or itself."""

    code: ClassVar[str] = "framework-items-apart"

    def __init__(self, item_id: str, after: str) -> None:
        super().__init__(f"{item_id} cannot follow {after}, which is not beside it in one pillar.")


def reword(
    framework: Framework,
    item_id: str,
    *,
    language: str = "en",
    texts: dict[str, str] | None = None,
    responsible: str | None = None,
    topics: tuple[str, ...] | None = None,
) -> Framework:
    """
    Return the framework with an item worded anew.

    texts: by field, `title` or a part of the guidance, in language; an empty text takes the one in
    that language away. responsible: the body in charge, "" for none. topics: all of them.
    Raises FrameworkItemNotFound, FrameworkInvalid.
    """
    item = framework.get(item_id)
    values = item.model_dump()
    for field, text in (texts or {}).items():
        if field not in ("title", *PARTS):
            raise ValueError(f"{field!r} is no text of an item.")
        said = {**values[field], language: text}
        values[field] = {tag: each for tag, each in said.items() if each.strip()}
    if responsible is not None:
        values["responsible"] = responsible
    if topics is not None:
        values["topics"] = topics
    return _with(framework, read_item(values))


def add_item(framework: Framework, item: FrameworkItem, *, after: str | None = None) -> Framework:
    """
    Return the framework with one more item: at the end of its pillar, or after another one there.

    Raises FrameworkItemExists, FrameworkItemNotFound for after.
    """
    if framework.find(item.id) is not None:
        raise FrameworkItemExists(item.id)
    return _placed(framework, list(framework.items), item, after=after)


def replace_item(framework: Framework, item: FrameworkItem) -> Framework:
    """Return the framework with an item whole in place of the one of its id, in its place."""
    framework.get(item.id)
    return _with(framework, item)


def drop_item(framework: Framework, item_id: str) -> Framework:
    """Return the framework without an item. Raises FrameworkItemNotFound, PillarStays."""
    item = _movable(framework, item_id)
    return _framework([each for each in framework.items if each is not item])


def move_item(
    framework: Framework, item_id: str, *, pillar: str | None = None, after: str | None = None
) -> Framework:
    """
    Return the framework with an item elsewhere.

    pillar: where it belongs from now on; its own if None. after: the item that it follows; the
    pillar's id puts it first. None puts it last. Raises FrameworkItemNotFound, PillarStays,
    FrameworkInvalid for an unknown pillar.
    """
    item = _movable(framework, item_id)
    if after is not None and pillar is None:
        pillar = framework.get(after).pillar
    moved = read_item({**item.model_dump(), "pillar": pillar or item.pillar})
    rest = [each for each in framework.items if each is not item]
    return _placed(framework, rest, moved, after=after)


def attach(framework: Framework, item_id: str, address: str) -> Framework:
    """Return the framework with a resource attached to an item, once."""
    item = framework.get(item_id)
    return _with(
        framework, read_item({**item.model_dump(), "resources": [*item.resources, address]})
    )


def detach(framework: Framework, item_id: str, address: str) -> Framework:
    """Return the framework without a resource that was attached. Raises NotAttached."""
    item = framework.get(item_id)
    if address not in item.resources:
        raise NotAttached(item_id)
    left = [each for each in item.resources if each != address]
    return _with(framework, read_item({**item.model_dump(), "resources": left}))


def overlay(framework: Framework, items: Iterable[FrameworkItem]) -> Framework:
    """Return the framework with these items in place of its own, and new ones at the end."""
    shown = {item.id: item for item in items}
    kept = [shown.pop(each.id, each) for each in framework.items]
    return _framework([*kept, *(shown[item_id] for item_id in sorted(shown))])


def _movable(framework: Framework, item_id: str) -> FrameworkItem:
    item = framework.get(item_id)
    if item.id in PILLARS:
        raise PillarStays(item_id)
    return item


def _placed(
    framework: Framework, rest: list[FrameworkItem], item: FrameworkItem, *, after: str | None
) -> Framework:
    if after is None:
        return _framework([*rest, item])
    before = framework.get(after)
    if before.pillar != item.pillar or before.id == item.id:
        raise ItemsApart(item.id, after)
    place = rest.index(before) + 1
    return _framework([*rest[:place], item, *rest[place:]])


def _with(framework: Framework, item: FrameworkItem) -> Framework:
    return _framework([item if each.id == item.id else each for each in framework.items])


def _framework(items: list[FrameworkItem]) -> Framework:
    return read_framework({"items": items})
