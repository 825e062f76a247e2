"""What arrives converges, in whatever order, and is refused where it must be."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.changes import Act
from content.resources.held import HeldResourceStore
from content.resources.record import read_record
from federation.publishing import add_resource, retract_resource, update_resource
from federation.receiving import AudienceChanged, LabelNotTaken, take_in
from federation.sending import signed
from protocol.errors import InvalidDocument, NotAPeer, OriginMismatch, ProtocolError
from protocol.json import JsonObject
from tests.federation.paper_hubs import PaperHub, Undone, paper_hub


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PaperHub, PaperHub]]:
    """Return a hub that publishes, and one that takes in; both know each other."""
    folder: Path = tmp_path_factory.mktemp("hubs")
    with paper_hub(folder, "Barcelona") as origin, paper_hub(folder, "Amsterdam") as reader:
        origin.knows(reader)
        reader.knows(origin)
        yield origin, reader


def record(title: str, **fields: Any) -> Any:
    """Return a valid record."""
    return read_record(
        {
            "title": title,
            "summary": "A text.",
            "url": "https://city.example/guide",
            "language": "en",
            "kind": "guide",
            "topics": ["privacy"],
            **fields,
        }
    )


@pytest.fixture(scope="module")
def life(hubs: tuple[PaperHub, PaperHub]) -> list[JsonObject]:
    """Return Create, Update, Update and Delete of one resource, as they were sent."""
    origin, _ = hubs
    told: list[JsonObject] = []
    added = origin.do(lambda db: add_resource(db, origin.hub, record("One"), origin.act()))
    told.append(origin.said()[-1])
    for title in ("Two", "Three"):
        origin.do(
            lambda db, title=title: update_resource(
                db, origin.hub, added.id, record(title), origin.act()
            )
        )
        told.append(origin.said()[-1])
    origin.do(lambda db: retract_resource(db, origin.hub, added.id, origin.act()))
    told.append(origin.said()[-1])
    assert [each["type"] for each in told] == ["Create", "Update", "Update", "Delete"]
    return told


def state_after(
    hubs: tuple[PaperHub, PaperHub], documents: Sequence[JsonObject]
) -> tuple[list[Any], list[Any]]:
    """Return what is held and what can be found after these arrived, and take it all back."""
    origin, reader = hubs
    state: list[tuple[list[Any], list[Any]]] = []

    def work(db: sqlite_utils.Database) -> None:
        act = Act("hub:test", reader.clock.now())
        for document in documents:
            take_in(db, reader.hub, reader.verified(db, document, origin), act)
        held = db.execute(
            "select hub, ref, url, document, label, gone_at from held_resources"
        ).fetchall()
        found = db.execute("select url, hub, facets, sort_title from catalogue").fetchall()
        state.append(([tuple(row) for row in held], [tuple(row) for row in found]))
        raise Undone

    with pytest.raises(Undone):
        reader.do(work)
    return state[0]


def test_every_order_of_a_whole_life_ends_in_the_same_tombstone(
    hubs: tuple[PaperHub, PaperHub], life: list[JsonObject]
) -> None:
    expected = state_after(hubs, life)

    assert expected[1] == []
    assert [row[3] for row in expected[0]] == [None]
    for order in permutations(life):
        assert state_after(hubs, order) == expected


def test_every_order_without_the_delete_ends_in_the_newest_version(
    hubs: tuple[PaperHub, PaperHub], life: list[JsonObject]
) -> None:
    expected = state_after(hubs, life[:3])

    assert [row[3] for row in expected[1]] == ["three"]
    for order in permutations(life[:3]):
        assert state_after(hubs, order) == expected


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_lost_and_doubled_messages_leave_what_the_newest_of_them_says(
    hubs: tuple[PaperHub, PaperHub], life: list[JsonObject], data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=8))

    state = state_after(hubs, [life[place] for place in places])

    assert state == state_after(hubs, [life[max(places)]])


def test_what_comes_is_findable_and_provable_as_it_came(
    hubs: tuple[PaperHub, PaperHub], life: list[JsonObject]
) -> None:
    held, found = state_after(hubs, life[:1])

    assert '"proof"' in held[0][3]
    assert found[0][:2] == (life[0]["object"]["id"], "hub.barcelona.example")


def broken(document: JsonObject, **changes: Any) -> JsonObject:
    """Return the activity with another object; None takes a field away."""
    obj = {**document["object"], **changes}
    return {**document, "object": {name: value for name, value in obj.items() if value is not None}}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"hub:label": "tlp-amber"}, LabelNotTaken),
        ({"hub:label": "tlp-purple"}, LabelNotTaken),
        ({"hub:label": "tlp-green"}, LabelNotTaken),
        ({"to": ["https://hub.amsterdam.example/actor"], "cc": []}, LabelNotTaken),
        ({"hub:salt": None}, InvalidDocument),
        ({"hub:label": None}, InvalidDocument),
        ({"nameMap": {}}, InvalidDocument),
        ({"published": "yesterday"}, InvalidDocument),
        ({"id": "https://hub.barcelona.example/other/01M86E86A8X5K7VSJXRTFVGFK6"}, OriginMismatch),
        ({"id": "https://hub.elsewhere.example/resources/1"}, OriginMismatch),
        ({"attributedTo": "https://hub.barcelona.example/other"}, ProtocolError),
    ],
)
def test_a_hubs_object_that_is_not_right_is_refused_and_nothing_is_stored(
    hubs: tuple[PaperHub, PaperHub],
    life: list[JsonObject],
    changes: dict[str, Any],
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        state_after(hubs, [broken(life[0], **changes)])


def test_an_update_cannot_change_who_may_read(
    hubs: tuple[PaperHub, PaperHub], life: list[JsonObject]
) -> None:
    green = broken(
        {**life[1], "to": ["https://hub.amsterdam.example/actor"], "cc": []},
        **{"hub:label": "tlp-green", "to": ["https://hub.amsterdam.example/actor"], "cc": []},
    )

    with pytest.raises(AudienceChanged):
        state_after(hubs, [life[0], green])


@pytest.mark.parametrize("state", ["new", "offered", "suspended", "ended", "blocked"])
def test_only_active_peers_are_taken_in(tmp_path: Path, life: list[JsonObject], state: str) -> None:
    with paper_hub(tmp_path, "Barcelona") as origin, paper_hub(tmp_path, "Amsterdam") as reader:
        reader.knows(origin, state=state)

        with pytest.raises(NotAPeer):
            reader.takes(life[0], origin)

        assert reader.database.read_now(lambda db: list(HeldResourceStore(db).all())) == []


def test_a_coalition_takes_no_green_record_even_if_it_is_sent_one(tmp_path: Path) -> None:
    with (
        paper_hub(tmp_path, "Barcelona") as origin,
        paper_hub(tmp_path, "Coalition", kind="coalition") as reader,
    ):
        reader.knows(origin)
        green = record("Green", label="tlp-green")
        origin.do(lambda db: add_resource(db, origin.hub, green, origin.act()))

        with pytest.raises(LabelNotTaken):
            reader.takes(origin.said()[-1], origin)


def test_a_coalition_announces_a_public_record_once(tmp_path: Path, life: list[JsonObject]) -> None:
    with (
        paper_hub(tmp_path, "Barcelona") as origin,
        paper_hub(tmp_path, "Coalition", kind="coalition") as reader,
    ):
        reader.knows(origin)
        for document in (life[0], life[1], life[2], life[0]):
            reader.takes(document, origin)

        said = reader.said()

        assert [(each["type"], each["object"]) for each in said] == [
            ("Announce", life[0]["object"]["id"])
        ]
        assert signed(reader.hub, said[0], reader.clock.now())["actor"].endswith("/actor")
