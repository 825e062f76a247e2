"""What people do with the framework of their hub, on a real database."""

import pytest

from content.changes import ChangeStore
from content.framework.customizing import attach, drop_item, move_item, reword
from content.framework.files import FrameworkFile, shipped
from content.framework.item import Framework, FrameworkInvalid
from content.framework.merge_work import (
    MergeUndecided,
    NoMerge,
    NoSuchConflict,
    TextNotTaken,
    begin_merge,
    cancel_merge,
    compare,
    decide,
    file_of_shown,
    finish_merge,
    waiting_merge,
)
from content.framework.merging import ORDER, WHOLE
from content.framework.scores import (
    PillarIsNotScored,
    ScoreInvalid,
    ScoreStore,
    assess,
    coverage,
    take_score_back,
)
from content.framework.snapshots import (
    SnapshotNoteInvalid,
    SnapshotNotFound,
    SnapshotStore,
    take_snapshot,
)
from content.framework.store import (
    UPSTREAM,
    Base,
    FrameworkChangedMeanwhile,
    FrameworkNotAdopted,
    FrameworkStore,
)
from content.framework.work import (
    FrameworkAdopted,
    MergeWaits,
    adopt_framework,
    customize,
    replace_framework,
)
from tests.content.framework.conftest import Desk

KNOWN = shipped().framework


def say(desk: Desk, item: str, text: str, part: str = "why", by: str = "ana") -> None:
    customize(desk.db, item, "reword", lambda f: reword(f, item, texts={part: text}), desk.act(by))


def upstream_next(change: Framework, version: str = "2027-03") -> FrameworkFile:
    return FrameworkFile(UPSTREAM, change, Base(version, change))


def ours(desk: Desk) -> Framework:
    return FrameworkStore(desk.db).get().framework


def test_a_hub_adopts_once_and_knows_from_which_version(desk: Desk) -> None:
    with pytest.raises(FrameworkNotAdopted):
        say(desk, "tool-dpia", "Before.")

    adopted = adopt_framework(desk.db, shipped(), desk.act())

    assert (adopted.framework, adopted.adopted_by, adopted.revision) == (KNOWN, "ana", 1)
    base = FrameworkStore(desk.db).base(UPSTREAM)
    assert base is not None
    assert base.version == shipped().base.version
    assert SnapshotStore(desk.db).get(1).framework == KNOWN
    with pytest.raises(FrameworkAdopted):
        adopt_framework(desk.db, shipped(), desk.act())


def test_each_change_is_recorded_with_who_and_when_and_where(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())

    say(desk, "tool-dpia", "Ours.", by="noor")
    say(desk, "tool-dpia", "Ours.", by="noor")
    customize(desk.db, "str-dpo", "drop", lambda f: drop_item(f, "str-dpo"), desk.act("ana"))

    (change,) = ChangeStore(desk.db).of("framework:tool-dpia").items
    assert (change.what, change.by, change.note) == ("framework.reword", "noor", "why/en")
    (dropped,) = ChangeStore(desk.db).of("framework:str-dpo").items
    assert (dropped.what, dropped.by) == ("framework.drop", "ana")
    assert FrameworkStore(desk.db).get().changed_by == "ana"


def test_of_two_who_change_at_once_the_second_is_told(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    store = FrameworkStore(desk.db)
    read_before = store.get()
    say(desk, "tool-dpia", "First.")

    with pytest.raises(FrameworkChangedMeanwhile):
        store.replace(read_before, drop_item(read_before.framework, "tool-dpia"), desk.act())


def test_an_upstream_change_is_taken_where_we_changed_nothing(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    say(desk, "tool-dpia", "Ours.")
    later = reword(KNOWN, "tool-hria", texts={"why": "Better said."})

    look = begin_merge(desk.db, upstream_next(later), desk.act(), preview=True)
    assert (look.applied, [each.item for each in look.brings]) == (False, ["tool-hria"])
    done = begin_merge(desk.db, upstream_next(later), desk.act())

    assert (done.applied, done.open) == (True, ())
    assert ours(desk).get("tool-hria").why == {"en": "Better said."}
    assert ours(desk).get("tool-dpia").why == {"en": "Ours."}
    notes = [each.note for each in SnapshotStore(desk.db).all()]
    assert notes[:2] == ["Merged upstream, upstream 2027-03", "Before merging upstream"]
    again = begin_merge(desk.db, upstream_next(later), desk.act())
    assert (again.applied, again.brings) == (True, ())
    assert len(SnapshotStore(desk.db).all()) == len(notes)


def test_a_conflict_waits_for_a_person_and_changes_nothing_until_it_is_finished(
    desk: Desk,
) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    say(desk, "tool-dpia", "Ours.")
    customize(desk.db, "str-dpo", "drop", lambda f: drop_item(f, "str-dpo"), desk.act("ana"))
    before = ours(desk)
    later = reword(KNOWN, "tool-dpia", texts={"why": "Theirs.", "what": "New."})
    later = reword(later, "str-dpo", texts={"why": "Theirs."})

    begun = begin_merge(desk.db, upstream_next(later), desk.act())
    assert {(c.item, c.place) for c in begun.open} == {("tool-dpia", "why/en"), ("str-dpo", WHOLE)}
    with pytest.raises(MergeUndecided, match="2 of"):
        finish_merge(desk.db, desk.act())
    with pytest.raises(MergeWaits):
        begin_merge(desk.db, upstream_next(later), desk.act())
    with pytest.raises(TextNotTaken):
        decide(desk.db, "str-dpo", WHOLE, desk.act(), text="Something else.")
    with pytest.raises(NoSuchConflict):
        decide(desk.db, "tool-dpia", "what/en", desk.act(), side="ours")
    decide(desk.db, "str-dpo", WHOLE, desk.act(), side="ours")
    with pytest.raises(FrameworkInvalid):
        decide(desk.db, "tool-dpia", "why/en", desk.act(), text="x" * 5000)
    left = decide(desk.db, "tool-dpia", "why/en", desk.act(), text="Both.")
    assert (left.open, left.decided, ours(desk)) == ((), 2, before)

    done = finish_merge(desk.db, desk.act())

    assert done.applied
    assert ours(desk).find("str-dpo") is None
    assert ours(desk).get("tool-dpia").why == {"en": "Both."}
    assert ours(desk).get("tool-dpia").what == {"en": "New."}
    assert SnapshotStore(desk.db).get(2).framework == before
    with pytest.raises(NoMerge):
        waiting_merge(desk.db)


def test_a_text_changed_while_a_merge_waits_is_asked_about_again(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    say(desk, "tool-dpia", "Ours.")
    later = reword(KNOWN, "tool-dpia", texts={"why": "Theirs."})
    begin_merge(desk.db, upstream_next(later), desk.act())
    decide(desk.db, "tool-dpia", "why/en", desk.act(), side="theirs")

    say(desk, "tool-dpia", "Ours, thought over.")

    view = waiting_merge(desk.db)
    assert [(c.ours, c.theirs) for c in view.open] == [("Ours, thought over.", "Theirs.")]
    assert view.decided == 0
    with pytest.raises(MergeUndecided):
        finish_merge(desk.db, desk.act())


def test_a_decision_can_be_taken_anew_and_the_whole_merge_given_up(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    say(desk, "tool-dpia", "Ours.")
    later = reword(KNOWN, "tool-dpia", texts={"why": "Theirs."})
    begin_merge(desk.db, upstream_next(later), desk.act())
    decide(desk.db, "tool-dpia", "why/en", desk.act(), side="theirs")
    decide(desk.db, "tool-dpia", "why/en", desk.act(), side="ours")

    cancel_merge(desk.db, desk.act())

    assert ours(desk).get("tool-dpia").why == {"en": "Ours."}
    with pytest.raises(NoMerge):
        cancel_merge(desk.db, desk.act())
    assert begin_merge(desk.db, upstream_next(later), desk.act()).open


def test_two_orders_are_settled_by_a_side(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    customize(
        desk.db,
        "tool-dpia",
        "move",
        lambda f: move_item(f, "tool-dpia", after="tool-tools"),
        desk.act(),
    )
    begin_merge(desk.db, upstream_next(move_item(KNOWN, "tool-hria")), desk.act())

    with pytest.raises(TextNotTaken):
        decide(desk.db, "tool-tools", ORDER, desk.act(), text="tool-hria")
    decide(desk.db, "tool-tools", ORDER, desk.act(), side="theirs")
    finish_merge(desk.db, desk.act())

    assert ours(desk).of_pillar("tool-tools")[-1].id == "tool-hria"


def test_what_another_hub_shows_is_compared_and_merged_and_the_rest_is_not_dropped(
    desk: Desk,
) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    shown = reword(KNOWN, "tool-hria", texts={"why": "As in Barcelona."}).get("tool-hria")

    file = file_of_shown(desk.db, "barcelona.example", [shown])
    assert [(d.kind, d.item) for d in compare(desk.db, file)] == [("changed", "tool-hria")]
    done = begin_merge(desk.db, file, desk.act())

    assert done.applied
    assert len(ours(desk).items) == 37
    say(desk, "tool-hria", "As in Amsterdam.")
    again = begin_merge(desk.db, file_of_shown(desk.db, "barcelona.example", [shown]), desk.act())
    assert (again.open, again.brings) == ((), ())


def test_the_file_of_a_city_on_an_older_upstream_does_not_bring_old_texts_back(
    desk: Desk,
) -> None:
    older = reword(KNOWN, "tool-dpia", texts={"why": "As it was said before."})
    theirs = reword(older, "tool-hria", texts={"why": "As in Porto."})
    adopt_framework(desk.db, shipped(), desk.act())

    done = begin_merge(
        desk.db, FrameworkFile("porto.example", theirs, Base("2026-05", older)), desk.act()
    )

    assert done.applied
    assert [each.item for each in done.brings] == ["tool-hria"]
    assert ours(desk).get("tool-dpia") == KNOWN.get("tool-dpia")


def test_an_import_replaces_all_and_keeps_what_was_there(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    say(desk, "tool-dpia", "Ours.")
    before = ours(desk)

    replace_framework(desk.db, shipped(), desk.act())

    assert ours(desk) == KNOWN
    kept = SnapshotStore(desk.db).last()
    assert kept is not None
    assert kept.framework == before


def test_scores_are_kept_replaced_and_taken_back(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())

    assess(desk.db, "tool-dpia", {"level": 1}, desk.act())
    evidence = ["https://city.example/dpia"]
    assess(
        desk.db,
        "tool-dpia",
        {"level": 3, "note": "Rule 7.", "evidence": evidence},
        desk.act("noor"),
    )
    assess(desk.db, "tool-hria", {"level": 0}, desk.act())

    scores = ScoreStore(desk.db).all()
    assert (scores["tool-dpia"].level, scores["tool-dpia"].by) == (3, "noor")
    (tools,) = [c for c in coverage(ours(desk), scores) if c.pillar == "tool-tools"]
    assert (tools.items, tools.scored, tools.levels, tools.mean) == (17, 2, (1, 0, 0, 1, 0), 1.5)
    (structures,) = [c for c in coverage(ours(desk), scores) if c.pillar == "str-structures"]
    assert (structures.scored, structures.mean) == (0, None)
    assert take_score_back(desk.db, "tool-hria", desk.act())
    assert not take_score_back(desk.db, "tool-hria", desk.act())
    notes = [change.note for change in ChangeStore(desk.db).of("framework:tool-dpia").items]
    assert notes == ["Level 3", "Level 1"]


def test_the_score_of_a_dropped_item_does_not_count_and_is_not_lost(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    assess(desk.db, "tool-dpia", {"level": 4}, desk.act())

    customize(desk.db, "tool-dpia", "drop", lambda f: drop_item(f, "tool-dpia"), desk.act())

    scores = ScoreStore(desk.db).all()
    assert coverage(ours(desk), scores)[2].scored == 0
    assert scores["tool-dpia"].level == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 5},
        {"level": -1},
        {"level": True},
        {"level": "3"},
        {},
        {"level": 1, "evidence": ["ftp://city.example/"]},
        {"level": 1, "note": "x" * 5000},
        {"level": 1, "mood": "good"},
    ],
)
def test_what_is_no_score_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    adopt_framework(desk.db, shipped(), desk.act())

    with pytest.raises(ScoreInvalid):
        assess(desk.db, "tool-dpia", wrong, desk.act())
    assert ScoreStore(desk.db).all() == {}


def test_a_pillar_is_not_scored(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())

    with pytest.raises(PillarIsNotScored):
        assess(desk.db, "tool-tools", {"level": 2}, desk.act())


def test_a_snapshot_keeps_framework_and_scores_of_its_day(desk: Desk) -> None:
    adopt_framework(desk.db, shipped(), desk.act())
    assess(desk.db, "tool-dpia", {"level": 1, "note": "A draft."}, desk.act())
    taken = take_snapshot(desk.db, "For the council", desk.act("noor"))

    assess(desk.db, "tool-dpia", {"level": 2}, desk.act())
    customize(
        desk.db,
        "tool-dpia",
        "attach",
        lambda f: attach(f, "tool-dpia", "https://city.example/x"),
        desk.act(),
    )

    kept = SnapshotStore(desk.db).get(taken.number)
    assert kept == taken
    assert (kept.note, kept.by, kept.scores["tool-dpia"].level) == ("For the council", "noor", 1)
    assert kept.framework == KNOWN
    assert [each.number for each in SnapshotStore(desk.db).all()] == [2, 1]
    with pytest.raises(SnapshotNotFound):
        SnapshotStore(desk.db).get(9)
    with pytest.raises(SnapshotNoteInvalid):
        take_snapshot(desk.db, "two\nlines", desk.act())
