"""What a hub does to its framework: reword, add, drop, move, attach, each without side effects."""

import pytest

from content.framework.customizing import (
    FrameworkItemExists,
    ItemsApart,
    NotAttached,
    PillarStays,
    add_item,
    attach,
    detach,
    drop_item,
    move_item,
    overlay,
    reword,
)
from content.framework.item import (
    Framework,
    FrameworkInvalid,
    FrameworkItemNotFound,
    read_framework,
    read_item,
)
from content.framework.upstream import upstream
from tests.content.framework.frameworks import small

BASE = small()


def ids(framework: Framework, pillar: str = "tool-tools") -> list[str]:
    return [item.id for item in framework.of_pillar(pillar)]


def test_a_text_is_reworded_in_one_language_and_the_others_stay() -> None:
    changed = reword(BASE, "tool-a", language="es", texts={"what": "Lo que es.", "why": "Porque."})

    item = changed.get("tool-a")
    assert item.what == {"en": "What tool-a is.", "es": "Lo que es."}
    assert item.why == {"es": "Porque."}
    assert BASE.get("tool-a").why == {}


def test_an_empty_text_takes_a_language_away_but_never_the_last_title() -> None:
    without = reword(BASE, "tool-a", language="es", texts={"title": ""})

    assert without.get("tool-a").title == {"en": "tool-a"}
    with pytest.raises(FrameworkInvalid, match="title"):
        reword(without, "tool-a", language="en", texts={"title": " "})


def test_a_responsible_body_and_topics_are_set_and_taken_away() -> None:
    changed = reword(BASE, "tool-a", responsible="Data office", topics=("privacy", "open-data"))

    assert changed.get("tool-a").responsible == "Data office"
    assert changed.get("tool-a").topics == ("open-data", "privacy")
    assert reword(changed, "tool-a", responsible="").get("tool-a").responsible is None
    with pytest.raises(FrameworkInvalid, match="privcy"):
        reword(BASE, "tool-a", topics=("privcy",))


def test_an_item_is_added_at_the_end_or_after_another_one() -> None:
    own = read_item({"id": "ai-lab", "pillar": "tool-tools", "title": {"en": "AI lab"}})

    assert ids(add_item(BASE, own))[-1] == "ai-lab"
    assert ids(add_item(BASE, own, after="tool-a"))[:2] == ["tool-a", "ai-lab"]
    assert ids(add_item(BASE, own, after="tool-tools"))[0] == "ai-lab"
    with pytest.raises(FrameworkItemExists):
        add_item(add_item(BASE, own), own)
    with pytest.raises(FrameworkItemNotFound):
        add_item(BASE, own, after="tool-z")
    with pytest.raises(ItemsApart):
        add_item(BASE, own, after="str-a")


def test_an_item_moves_within_its_pillar_and_into_another_one() -> None:
    assert ids(move_item(BASE, "tool-c", after="tool-a")) == [
        "tool-a",
        "tool-c",
        "tool-b",
        "tool-d",
    ]
    assert ids(move_item(BASE, "tool-a")) == ["tool-b", "tool-c", "tool-d", "tool-a"]
    there = move_item(BASE, "tool-a", after="str-b")
    assert ids(there, "str-structures") == ["str-a", "str-b", "tool-a", "str-c", "str-d"]
    assert (
        ids(move_item(BASE, "tool-a", pillar="fnd-foundations"), "fnd-foundations")[-1] == "tool-a"
    )
    with pytest.raises(FrameworkInvalid, match="must be one of"):
        move_item(BASE, "tool-a", pillar="tool-b")
    with pytest.raises(ItemsApart):
        move_item(BASE, "tool-a", after="tool-a")


def test_a_pillar_is_worded_anew_but_stays() -> None:
    assert reword(BASE, "tool-tools", texts={"why": "New."}).get("tool-tools").why == {"en": "New."}
    with pytest.raises(PillarStays):
        drop_item(BASE, "tool-tools")
    with pytest.raises(PillarStays):
        move_item(BASE, "tool-tools", after="tool-a")


def test_a_resource_is_attached_once_and_detached() -> None:
    one = attach(BASE, "tool-a", "https://documents.example/9")

    assert attach(one, "tool-a", "https://documents.example/9") == one
    assert detach(one, "tool-a", "https://documents.example/9") == BASE
    with pytest.raises(NotAttached):
        detach(BASE, "tool-a", "https://documents.example/9")
    with pytest.raises(FrameworkInvalid, match="https"):
        attach(BASE, "tool-a", "javascript:alert(1)")


def test_what_is_shown_lies_over_what_is_there() -> None:
    shown = reword(BASE, "str-a", texts={"why": "Shown."}).get("str-a")
    own = read_item({"id": "ai-lab", "pillar": "tool-tools", "title": {"en": "AI lab"}})

    over = overlay(BASE, [own, shown])

    assert over.ids == (*BASE.ids, "ai-lab")
    assert over.get("str-a").why == {"en": "Shown."}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"items": []}, "pillar"),
        ({"items": [*BASE.items, BASE.get("tool-a")]}, "twice"),
        ({"items": BASE.items, "more": 1}, "more"),
        ({"items": [{**BASE.get("tool-a").model_dump(), "id": "Tool A"}]}, "small letters"),
        ({"items": [{**BASE.get("tool-a").model_dump(), "title": {}}]}, "languages"),
        ({"items": [{**BASE.get("tool-a").model_dump(), "title": {"en": "two\nlines"}}]}, "line"),
        ({"items": [{**BASE.get("tool-a").model_dump(), "why": {"en": "x" * 4001}}]}, "4000"),
        ({"items": [{**BASE.get("tool-a").model_dump(), "resources": ["file:///x"]}]}, "https"),
        (
            {"items": [{**BASE.get("tool-tools").model_dump(), "pillar": "str-structures"}]},
            "pillar",
        ),
    ],
)
def test_what_is_no_framework_is_refused_with_the_reason(wrong: object, reason: str) -> None:
    with pytest.raises(FrameworkInvalid, match=reason):
        read_framework(wrong)  # type: ignore[arg-type]


def test_guidance_in_too_many_languages_is_refused_before_it_cannot_be_published() -> None:
    languages = [f"{first}{second}" for first in "abcdef" for second in "ghijkl"]
    part = dict.fromkeys(languages, "x" * 4000)

    with pytest.raises(FrameworkInvalid, match="256 KiB"):
        read_item({**BASE.get("tool-a").model_dump(), "what": part, "why": part})


def test_whatever_order_is_given_items_stand_pillar_by_pillar() -> None:
    known = upstream().framework

    assert (
        read_framework({"items": sorted(known.items, key=lambda item: not item.is_pillar)}) == known
    )
