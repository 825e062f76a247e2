"""The coalition's view over the API: public, as JSON and CSV, with a note beside every figure."""

import csv
import io
from datetime import timedelta

import pytest
import sqlite_utils

from content.changes import Act
from content.database import connect
from content.resources.statistics import summarise
from federation import coverage as seen
from federation.publishing import add_resource
from federation.statistics import statistics_record
from node.coverage_tables import TABLES
from node.csv_text import csv_text
from tests.hubs.running import a_record
from tests.node.conftest import ServedHub
from tests.seams import FixedClock

STATS = "/api/v1/stats"


async def filled(served: ServedHub) -> None:
    node = served.node
    act = Act("operator", node.clock.now())
    told = summarise("2026-Q3", 9, {"education-data": 6}, {"education-data": 5}, {"sent": 12})

    def work(db: sqlite_utils.Database) -> None:
        add_resource(db, node.hub, a_record("Open", country="NL", topics=["privacy"]), act)
        add_resource(db, node.hub, a_record("Kept", label="tlp-amber", topics=["privacy"]), act)
        add_resource(db, node.hub, a_record("Draft", topics=["privacy"]), act, publish=False)
        add_resource(db, node.hub, statistics_record(node.hub.identity, told), act)

    await node.database.write(work)


@pytest.mark.parametrize("name", TABLES)
async def test_each_table_is_public_in_both_forms_and_explains_every_figure(
    served: ServedHub, name: str
) -> None:
    await filled(served)

    answer = await served.get(f"{STATS}/{name}")
    table = await served.get(f"{STATS}/{name}?format=csv")

    assert (answer.status, table.status) == (200, 200)
    assert answer.json["method"]["counted"]
    assert all(len(note) > 20 for note in answer.json["method"].values())
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    rows = list(csv.DictReader(io.StringIO(table.body.decode())))
    assert rows
    assert None not in rows[0]


async def test_staff_and_strangers_get_the_same_and_only_what_is_public(served: ServedHub) -> None:
    await filled(served)

    for_all = (await served.get(f"{STATS}/coverage")).json
    for_staff = (await served.get(f"{STATS}/coverage", "operator")).json

    assert {**for_all, "as_of": ""} == {**for_staff, "as_of": ""}
    assert for_all["resources"] == 1
    cells = [cell for cell in for_all["cells"] if cell["topic"] == "privacy"]
    assert cells == [
        {
            "topic": "privacy",
            "language": "en",
            "region": "europe-western",
            "resources": 1,
            "experts": 0,
        }
    ]


async def test_each_hub_stands_with_what_it_has_on_a_topic_also_with_nothing(
    served: ServedHub,
) -> None:
    await filled(served)

    privacy = (await served.get(f"{STATS}/by-hub?topic=privacy")).json["hubs"]
    registers = (await served.get(f"{STATS}/by-hub?topic=algorithm-registers")).json["hubs"]

    assert [(each["topic"], each["resources"]) for each in privacy] == [(None, 1), ("privacy", 1)]
    assert [each["resources"] for each in registers] == [1, 0]
    assert (await served.get(f"{STATS}/by-hub?topic=no-such")).status == 400


async def test_the_matrix_can_be_narrowed_and_unknown_words_are_refused(served: ServedHub) -> None:
    await filled(served)

    one = (await served.get(f"{STATS}/coverage?topic=privacy&language=en")).json
    none = (await served.get(f"{STATS}/coverage?region=oceania")).json
    wrong = await served.get(f"{STATS}/coverage?region=ocean")
    month = await served.get(f"{STATS}/trends?since=2026-13")

    assert {cell["topic"] for cell in one["cells"]} == {"privacy"}
    assert (none["cells"], none["resources"]) == ([], 1)
    assert (wrong.status, month.status) == (400, 400)
    assert "oceania" in wrong.json["detail"]


async def test_gaps_flow_and_trends_tell_what_a_hub_told(served: ServedHub) -> None:
    await filled(served)

    (gap,) = (await served.get(f"{STATS}/gaps")).json["gaps"]
    (quarter,) = (await served.get(f"{STATS}/flow")).json["periods"]
    months = (await served.get(f"{STATS}/trends")).json["months"]

    assert (gap["topic"], gap["hubs_unmet"], gap["missing_languages"]) == (
        "education-data",
        1,
        ["nl"],
    )
    assert gap["resources"] == 0  # the statistics themselves help nobody
    sent = quarter["steps"][0]
    assert (sent["step"], sent["at_least"]) == ("sent", 10)
    assert sent["hubs"] == {"under-5": 0, "5-9": 0, "10-or-more": 1}
    assert sum(month["published"] for month in months) == 2
    assert len(months) == 24


async def test_stats_are_as_before_and_name_the_tables(served: ServedHub) -> None:
    await filled(served)

    found = (await served.get(STATS)).json

    assert (found["resources"], found["hubs"]) == (2, 1)
    assert [address.rpartition("/")[2] for address in found["tables"]] == list(TABLES)
    for address in found["tables"]:
        path = address.removeprefix(served.settings.origin)
        assert (await served.get(path)).status == 200
    assert {each["value"] for each in found["by_kind"]} == {"dataset", "guide"}


async def test_figures_are_counted_anew_after_a_minute_or_when_nothing_else_was_kept(
    served: ServedHub,
) -> None:
    node, clock = served.node, FixedClock()
    db = connect(served.home.database, writes=False, public=True)
    try:
        before = seen.coverage(db, node, clock.now())
        again = seen.coverage(db, node, clock.advance(days=30))
        assert again is before  # nothing was written in between
        now = clock.now()
        await filled(served)

        soon = seen.coverage(db, node, now + timedelta(seconds=1))
        later = seen.coverage(db, node, now + timedelta(minutes=1))
    finally:
        db.close()

    assert (before.value.resources, later.value.resources) == (0, 1)
    assert soon.value.resources == 1  # the one before was a month old
    assert later is soon


def test_a_text_of_others_is_no_formula_for_a_spreadsheet() -> None:
    table = csv_text(("name", "count"), [("=HYPERLINK(1)", -3), ("-1+2", None), ('a"b,c', (1, 2))])

    assert table.splitlines() == [
        "name,count",
        "'=HYPERLINK(1),-3",
        "'-1+2,",
        '"a""b,c",1 2',
    ]


async def test_what_is_counted_is_read_from_indexes(served: ServedHub) -> None:
    """Reading the records themselves would cost a hundred times as much."""
    questions = {
        "select facets from catalogue where label in ('tlp-clear')": "catalogue_covered",
        "select log, substr(header, 8, 7), op, count(*) from log_entries where log in"
        " (select g from hubs where g is not null union select 'u') and op in ('Create', 'Update',"
        " 'Delete') group by log, substr(header, 8, 7), op": "log_entries_by_month",
        "select hub, label, record from held_resources where instr(record, '\"statistics\":{') > 0"
        " and origin_kind = 'hub' order by hub, ref": "held_with_statistics",
        "select record from resources indexed by resources_with_statistics where"
        " state = 'published' and instr(record, '\"statistics\":{') > 0"
        " order by id": "resources_with_statistics",
    }
    plans = await served.node.database.read(
        lambda db: {
            wanted: str(db.execute(f"explain query plan {question}").fetchall())
            for question, wanted in questions.items()
        }
    )

    for wanted, plan in plans.items():
        assert wanted in plan, plan
