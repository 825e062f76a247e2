"""Merging frameworks: nothing of either side is lost, and people decide where both differ."""

from hypothesis import given
from hypothesis import strategies as st

from content.framework.customizing import (
    add_item,
    attach,
    drop_item,
    move_item,
    overlay,
    reword,
)
from content.framework.differences import differences
from content.framework.facts import facts_of, item_of
from content.framework.item import Framework, FrameworkItem, read_item
from content.framework.merging import ORDER, WHOLE, Conflict, Merged, Resolution, merge
from tests.content.framework.frameworks import Edit, edited, edits, small, texts_of

BASE = small()


def said(framework: Framework, item: str, text: str, *, part: str = "why") -> Framework:
    return reword(framework, item, texts={part: text})


def decided(conflict: Conflict, value: str | None) -> Resolution:
    return Resolution(conflict.item, conflict.place, conflict.ours, conflict.theirs, value)


def ids_of(framework: Framework, pillar: str) -> list[str]:
    return [item.id for item in framework.of_pillar(pillar)]


def mirrored(conflicts: tuple[Conflict, ...]) -> set[Conflict]:
    return {Conflict(c.item, c.place, c.base, c.theirs, c.ours) for c in conflicts}


@given(edited())
def test_an_item_is_its_facts(framework: Framework) -> None:
    assert all(item_of(item.id, facts_of(item)) == item for item in framework.items)


@given(edited())
def test_merging_what_did_not_change_changes_nothing(ours: Framework) -> None:
    assert merge(BASE, ours, BASE) == Merged(ours, ())
    assert merge(ours, ours, ours) == Merged(ours, ())


@given(edited())
def test_who_changed_nothing_gets_all_that_the_other_changed(theirs: Framework) -> None:
    assert merge(BASE, BASE, theirs) == Merged(theirs, ())


@given(edited())
def test_the_same_change_on_both_sides_is_no_conflict(both: Framework) -> None:
    assert merge(BASE, both, both) == Merged(both, ())


@given(edited(), edited(), edited())
def test_sides_may_change_places(base: Framework, ours: Framework, theirs: Framework) -> None:
    there, back = merge(base, ours, theirs), merge(base, theirs, ours)

    assert mirrored(there.conflicts) == set(back.conflicts)
    if not there.conflicts:
        assert there.framework == back.framework


@given(edited(), edited(), edited(), st.data())
def test_once_people_decided_everything_nothing_is_open_and_each_word_is_theirs(
    base: Framework, ours: Framework, theirs: Framework, data: st.DataObject
) -> None:
    open_ones = merge(base, ours, theirs).conflicts
    choices = [data.draw(st.sampled_from([c.ours, c.theirs])) for c in open_ones]
    settled = [decided(c, choice) for c, choice in zip(open_ones, choices, strict=True)]

    merged = merge(base, ours, theirs, settled)

    # An order may only be asked for once it is known which items stay.
    assert {conflict.place for conflict in merged.conflicts} <= {ORDER}
    for conflict, choice in zip(open_ones, choices, strict=True):
        found = merged.framework.find(conflict.item)
        if conflict.place == WHOLE:
            assert (found is None) == (choice is None)
        elif conflict.place != ORDER:
            assert found is not None
            place_lost = conflict.place.startswith("title/") and choice is None
            assert place_lost or facts_of(found).get(conflict.place) == choice


@given(edited(), edited(), edited())
def test_no_change_of_either_side_is_lost_without_a_conflict(
    base: Framework, ours: Framework, theirs: Framework
) -> None:
    merged = merge(base, ours, theirs)
    asked = {(conflict.item, conflict.place) for conflict in merged.conflicts}

    for side in (ours, theirs):
        for difference in differences(base, side):
            found = merged.framework.find(difference.item)
            if (difference.item, WHOLE) in asked or difference.kind == "reordered":
                continue
            assert (found is None) == (difference.kind == "dropped"), difference
            for place in difference.places if found is not None else ():
                kept = facts_of(found).get(place.place) == place.after
                name = place.place.startswith("title/") and place.after is None
                assert kept or name or (difference.item, place.place) in asked


FIRST, SECOND = ("fnd-a", "fnd-b", "str-a", "own-x"), ("fnd-c", "str-b", "tool-a", "own-y")


@given(
    st.lists(edits(FIRST), max_size=4),
    st.lists(edits(SECOND), max_size=4),
)
def test_merging_two_hubs_one_after_the_other_does_not_depend_on_the_order(
    some: list[Edit], others: list[Edit]
) -> None:
    one, two = BASE, BASE
    for edit in some:
        one = edit(one)
    for edit in others:
        two = edit(two)
    first, second = merge(BASE, BASE, one), merge(BASE, BASE, two)

    there = merge(BASE, first.framework, two)
    back = merge(BASE, second.framework, one)

    if not there.conflicts:
        assert there.framework == back.framework
    assert {c.place for c in there.conflicts} <= {ORDER}


def test_both_change_one_text_differently_and_a_person_decides() -> None:
    ours, theirs = said(BASE, "tool-a", "We say so."), said(BASE, "tool-a", "They say so.")

    merged = merge(BASE, ours, theirs)

    (conflict,) = merged.conflicts
    assert conflict == Conflict("tool-a", "why/en", None, "We say so.", "They say so.")
    assert merged.framework == ours
    for choice in ("We say so.", "They say so.", "Both of us say so."):
        done = merge(BASE, ours, theirs, [decided(conflict, choice)])
        assert done.conflicts == ()
        assert texts_of(done.framework, "tool-a", "why") == {"en": choice}


def test_a_decision_lapses_when_one_of_the_texts_changes() -> None:
    ours, theirs = said(BASE, "tool-a", "We say so."), said(BASE, "tool-a", "They say so.")
    (conflict,) = merge(BASE, ours, theirs).conflicts
    settled = [decided(conflict, "They say so.")]

    again = merge(BASE, said(ours, "tool-a", "We say something else."), theirs, settled)

    assert [each.ours for each in again.conflicts] == ["We say something else."]


def test_different_languages_and_parts_of_one_item_merge_by_themselves() -> None:
    ours = reword(BASE, "tool-a", language="es", texts={"what": "Lo que es."})
    ours = reword(ours, "tool-a", responsible="City data office")
    theirs = said(BASE, "tool-a", "It is better explained.", part="what")

    merged = merge(BASE, ours, theirs)

    assert merged.conflicts == ()
    item = merged.framework.get("tool-a")
    assert item.what == {"en": "It is better explained.", "es": "Lo que es."}
    assert item.responsible == "City data office"


def test_what_we_dropped_and_they_changed_is_asked_either_way() -> None:
    ours, theirs = drop_item(BASE, "str-b"), said(BASE, "str-b", "It matters now.")

    for mine, other in ((ours, theirs), (theirs, ours)):
        merged = merge(BASE, mine, other)
        (conflict,) = merged.conflicts
        assert (conflict.item, conflict.place) == ("str-b", WHOLE)
        gone = merge(BASE, mine, other, [decided(conflict, None)])
        assert gone.framework.find("str-b") is None
        text = conflict.ours or conflict.theirs
        back = merge(BASE, mine, other, [decided(conflict, text)])
        assert back.framework == theirs


def test_what_we_dropped_and_nobody_changed_stays_dropped() -> None:
    ours, theirs = drop_item(BASE, "str-b"), said(BASE, "str-c", "It matters now.")

    merged = merge(BASE, ours, theirs)

    assert merged.conflicts == ()
    assert merged.framework.find("str-b") is None
    assert texts_of(merged.framework, "str-c", "why") == {"en": "It matters now."}


def test_additions_of_both_stand_after_what_they_followed() -> None:
    ours = add_item(BASE, new_item("own-y"), after="tool-b")
    theirs = add_item(BASE, new_item("own-x"), after="tool-b")
    theirs = add_item(theirs, new_item("own-z"), after="tool-tools")

    merged = merge(BASE, ours, theirs)

    assert merged.conflicts == ()
    assert ids_of(merged.framework, "tool-tools") == [
        "own-z", "tool-a", "tool-b", "own-x", "own-y", "tool-c", "tool-d",
    ]  # fmt: skip


def test_two_new_orders_are_a_conflict_and_one_is_none() -> None:
    ours = move_item(BASE, "tool-d", after="tool-tools")
    theirs = move_item(BASE, "tool-a")

    one = merge(BASE, ours, said(BASE, "tool-a", "New."))
    both = merge(BASE, ours, theirs)

    assert one.conflicts == ()
    assert ids_of(one.framework, "tool-tools") == ["tool-d", "tool-a", "tool-b", "tool-c"]
    (conflict,) = both.conflicts
    assert (conflict.item, conflict.place) == ("tool-tools", ORDER)
    assert not conflict.takes_text
    done = merge(BASE, ours, theirs, [decided(conflict, conflict.theirs)])
    assert ids_of(done.framework, "tool-tools") == ["tool-b", "tool-c", "tool-d", "tool-a"]


def test_what_a_hub_does_not_show_is_not_dropped() -> None:
    shown = said(BASE, "fnd-b", "They published this one.").get("fnd-b")
    ours = said(BASE, "fnd-c", "Ours.")

    merged = merge(BASE, ours, overlay(BASE, [shown, new_item("own-x")]))

    assert merged.conflicts == ()
    assert set(merged.framework.ids) == {*BASE.ids, "own-x"}
    assert texts_of(merged.framework, "fnd-b", "why") == {"en": "They published this one."}


def test_attached_resources_of_both_are_kept() -> None:
    ours = attach(BASE, "tool-a", "https://documents.example/ours")
    theirs = attach(BASE, "tool-a", "https://documents.example/theirs")

    merged = merge(BASE, ours, theirs)

    assert merged.conflicts == ()
    assert len(merged.framework.get("tool-a").resources) == 3


def test_differences_name_what_was_done() -> None:
    after = add_item(drop_item(said(BASE, "tool-a", "New."), "tool-b"), new_item("own-x"))
    after = move_item(after, "tool-d", after="tool-tools")

    found = differences(BASE, after)

    assert [(each.kind, each.item) for each in found] == [
        ("changed", "tool-a"),
        ("added", "own-x"),
        ("dropped", "tool-b"),
        ("reordered", "tool-tools"),
    ]
    assert [(p.place, p.before, p.after) for p in found[0].places] == [("why/en", None, "New.")]
    assert differences(after, after) == []


def new_item(name: str) -> FrameworkItem:
    return read_item({"id": name, "pillar": "tool-tools", "title": {"en": name}})
