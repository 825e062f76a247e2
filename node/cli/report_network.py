"""`hub report network`, which is also `hub report` alone: what the network covers and lacks."""

import dataclasses
import re
import shutil
import textwrap
from collections.abc import Mapping
from typing import Any

import click

from content.coverage import notes
from content.coverage.regions import REGION_NAMES
from content.people.permissions import Right
from content.resources.statistics import Band
from content.vocabulary import Vocabulary
from federation.coverage import CoalitionView, view
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import Column, print_json, print_table, say, when
from node.coverage_tables import TABLES, TableName, table_of
from node.csv_text import csv_text

_NOTES: Mapping[TableName, Mapping[str, str]] = {
    "coverage": notes.COVERAGE,
    "by-hub": notes.BY_HUB,
    "gaps": notes.GAPS,
    "freshness": notes.FRESHNESS,
    "framework": notes.FRAMEWORK,
    "flow": notes.FLOW,
    "trends": notes.TRENDS,
}
_STEP_WORDS = {
    "sent": "Offered to other hubs",
    "sent_answered": "  of these answered",
    "sent_declined": "  of these declined or not answered in time",
    "received": "Offered by other hubs",
    "received_answered": "  of these answered",
    "received_declined": "  of these declined or not answered in time",
}


class Month(click.ParamType[str]):
    """A month as YYYY-MM."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the month, or fail in words."""
        if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", str(value)):
            self.fail("give a month as YYYY-MM, such as 2026-01.", param, ctx)
        return str(value)


@click.command()
@click.option("--since", type=Month(), metavar="MONTH", help="Trends and flow from YYYY-MM on.")
@click.option(
    "--csv", "table", type=click.Choice(TABLES), help="Print one table as CSV, nothing else."
)
@common
def network(common: Common, since: str | None, table: TableName | None) -> None:
    """
    Show what the network covers and lacks: only what hubs published for everybody is counted.

    Resources and experts by topic, gaps, how fresh each hub is, progress with the framework, the
    flow of cases between hubs in bands, and trends; with a note how each figure was counted.

    \b
    Examples:
      hub report
      hub report network --since 2026-01
      hub report network --csv coverage > coverage.csv
    """
    with desk(common, Right.NETWORK_READ) as at:
        now = at.act.at
        found = at.read(lambda db: view(db, at.node, now, since=since))
    if table is not None:
        click.echo(csv_text(*table_of(found, table)), nl=False)
        return
    if common.json:
        print_json({"as_of": now, "method": _NOTES, **_plain(found)})
        return
    say(f"The network as this hub sees it, {when(now)} UTC")
    _coverage(found)
    _gaps(found)
    _hubs(found)
    _framework(found)
    _flow(found)
    _trends(found)


def _plain(found: CoalitionView) -> dict[str, Any]:
    """Return the view as plain values, moments apart; keys of JSON are texts."""
    return {field.name: _value(getattr(found, field.name)) for field in dataclasses.fields(found)}


def _value(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _value(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(getattr(key, "value", key)): _value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return value


def _title(text: str, about: TableName) -> None:
    say()
    say(text)
    say("-" * len(text))
    room = min(shutil.get_terminal_size((80, 24)).columns, 100)
    for name, note in _NOTES[about].items():
        words = note if name == "counted" else f"{name.replace('_', ' ')}: {note}"
        for line in textwrap.wrap(words, room, initial_indent="* ", subsequent_indent="  "):
            say(line)
    say()


def _coverage(found: CoalitionView) -> None:
    coverage, vocabulary = found.coverage, Vocabulary.load()
    _title(f"Coverage: {coverage.resources} resources, {coverage.experts} experts", "coverage")
    languages = [each.value for each in coverage.languages]
    cells: dict[tuple[str, str], int] = {}
    for cell in coverage.cells:
        place = cell.topic, cell.language
        cells[place] = cells.get(place, 0) + cell.resources
    print_table(
        [
            Column("topic", elastic=True),
            *(Column(language, right=True) for language in languages),
            Column("all", right=True),
            Column("experts", right=True),
        ],
        [
            (
                vocabulary.label(each.value),
                *(cells.get((each.value, language), "") for language in languages),
                each.resources,
                each.experts,
            )
            for each in coverage.topics
        ],
    )
    say()
    print_table(
        [
            Column("region", elastic=True),
            Column("resources", right=True),
            Column("experts", right=True),
        ],
        [(REGION_NAMES[each.value], each.resources, each.experts) for each in coverage.regions],
    )


def _gaps(found: CoalitionView) -> None:
    gaps, vocabulary = found.gaps, Vocabulary.load()
    if gaps.period is None:
        _title("Gaps", "gaps")
        say("No hub has published statistics of its requests yet: hub report statistics")
        return
    _title(f"Gaps in {gaps.period}, told by {gaps.hubs} hubs", "gaps")
    print_table(
        [
            Column("topic", elastic=True),
            Column("unmet at", right=True),
            Column("hubs", right=True),
            Column("requests", right=True),
            Column("resources", right=True),
            Column("nothing in"),
        ],
        [
            (
                vocabulary.label(each.topic) if each.topic in vocabulary else each.topic,
                each.hubs_unmet,
                each.hubs,
                f"{each.requests_at_least}+" + (" rising" if each.rising else ""),
                each.resources,
                " ".join(each.missing_languages),
            )
            for each in gaps.gaps
        ],
    )


def _hubs(found: CoalitionView) -> None:
    _title(f"Hubs: {len(found.hubs)}", "freshness")
    print_table(
        [
            Column("hub", elastic=True),
            Column("entries", right=True),
            Column("published"),
            Column("log"),
            Column("last heard"),
        ],
        [
            (
                each.name,
                each.entries,
                when(each.published_at) or "never",
                each.verified,
                when(each.last_contact_at),
            )
            for each in found.hubs
        ],
    )


def _framework(found: CoalitionView) -> None:
    progress, vocabulary = found.framework, Vocabulary.load()
    _title(f"Framework, shown by {progress.hubs} hubs", "framework")
    print_table(
        [
            Column("item", elastic=True),
            Column("adopted", right=True),
            Column("assessed", right=True),
            Column("levels 0 to 4"),
        ],
        [
            (
                vocabulary.label(each.item),
                each.adopted,
                each.assessed,
                None
                if each.levels is None
                else " / ".join(band.value for band in each.levels.values()),
            )
            for each in progress.items
        ],
    )


def _flow(found: CoalitionView) -> None:
    _title("Cases between hubs", "flow")
    if not found.flow:
        say("No hub has published statistics of its requests yet: hub report statistics")
        return
    print_table(
        [
            Column("quarter"),
            Column("what", elastic=True),
            *(Column(f"hubs {band.value}", right=True) for band in Band),
            Column("at least", right=True),
        ],
        [
            (
                flow.period,
                _STEP_WORDS[step.step],
                *(step.hubs[band] for band in Band),
                step.at_least,
            )
            for flow in found.flow
            for step in flow.steps
        ],
    )


def _trends(found: CoalitionView) -> None:
    _title("Month by month", "trends")
    print_table(
        [
            Column("month"),
            Column("published", right=True),
            Column("changed", right=True),
            Column("taken back", right=True),
            Column("hubs", right=True),
        ],
        [(m.month, m.published, m.changed, m.taken_back, m.hubs) for m in found.trends.months],
    )
