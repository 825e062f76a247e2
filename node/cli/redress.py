"""`hub redress`: who helps with personal matters, which the helpdesk does not take up."""

from datetime import date

import click
import sqlite_utils

from content.people.permissions import Right
from content.redress import BodyKind, RedressStore, place_code, read_bodies, read_body
from node.cli.desk import desk
from node.cli.lines import opened_lines, report_problems
from node.cli.options import DAY, TEXT_FILE, Common, common
from node.cli.output import Column, note, print_json, print_table, say
from node.cli.topics import topic_ids


class _Place(click.ParamType[str]):
    name = "country"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code in capitals, or fail in words."""
        try:
            return place_code(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


PLACE = _Place()


@click.group()
def command() -> None:
    """
    Who helps with personal matters: authorities, ombudspersons, equality bodies, regulators.

    A list ships with the program; nobody of your hub has checked it yet. Look at the bodies of your
    country first, and put right what is wrong: hub redress add with the same id.
    """


@command.command("list")
@click.option("--country", type=PLACE, metavar="CC", help="Of this country; EU for the union.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="For these topics.")
@common
def list_bodies(common: Common, country: str | None, topics: tuple[str, ...]) -> None:
    """
    List who helps, by country and topic.

    \b
    Example:
      hub redress list --country NL --topic privacy
    """
    with desk(common, Right.CASES_READ) as at:
        found = at.read(lambda db: RedressStore(db).find(country, topic_ids(topics)))
    if common.json:
        print_json({"items": found})
        return
    if not found:
        note("Nobody. Add one: hub redress add")
        return
    print_table(
        [
            Column("id"),
            Column("kind"),
            Column("name", elastic=True),
            Column("link", elastic=True),
            Column("checked"),
        ],
        [(b.id, b.kind.value, b.name, b.url, b.checked_on or "not yet") for b in found],
    )


@command.command()
@click.argument("body_id", metavar="ID")
@click.option("--name", required=True, metavar="TEXT", help="As it calls itself.")
@click.option("--url", required=True, metavar="URL", help="Its home page.")
@click.option("--country", type=PLACE, required=True, metavar="CC", help="Or EU.")
@click.option("--kind", type=click.Choice([k.value for k in BodyKind]), required=True, help="What.")
@click.option("--region", default="", metavar="TEXT", help="If only for a part of the country.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="None: any matter.")
@click.option("--note", "remark", default="", metavar="TEXT", help="What people should know.")
@click.option("--checked", type=DAY, metavar="DATE", help="When you saw that this is right.")
@common
def add(
    common: Common,
    body_id: str,
    name: str,
    url: str,
    country: str,
    kind: str,
    region: str,
    topics: tuple[str, ...],
    remark: str,
    checked: date | None,
) -> None:
    """
    Add a body, or put it in the place of the one with that id.

    \b
    Example:
      hub redress add nl-amsterdam --name "Ombudsman Metropool Amsterdam" --country NL \\
          --kind ombudsperson --url https://www.ombudsmanmetropool.nl --region Amsterdam
    """
    with desk(common, Right.CASES_WORK) as at:
        body = read_body(
            {
                "id": body_id,
                "country": country,
                "region": region,
                "kind": kind,
                "name": name,
                "url": url,
                "topics": topic_ids(topics),
                "note": remark,
                "checked_on": checked,
            }
        )
        at.write(lambda db: RedressStore(db).put(body, at.act))
    if common.json:
        print_json(body)
        return
    say(f"{body.id} is on the list.")


@command.command()
@click.argument("body_id", metavar="ID")
@common
def remove(common: Common, body_id: str) -> None:
    """
    Take a body off the list, one that ships with the program too. To undo it, add it again.

    \b
    Example:
      hub redress remove nl-acm
    """
    with desk(common, Right.CASES_WORK) as at:
        at.write(lambda db: RedressStore(db).remove(body_id, at.act))
    if common.json:
        print_json({"id": body_id, "removed": True})
        return
    say(f"{body_id} is off the list.")


@command.command("import")
@click.argument("file", type=TEXT_FILE)
@click.option("--skip-bad", is_flag=True, help="Import the good lines although some are bad.")
@common
def import_bodies(common: Common, file: str, skip_bad: bool) -> None:
    """
    Import bodies from a file of JSON lines, or - for stdin.

    One line is one body, with the fields that `hub redress list --json` prints. One bad line, and
    nothing is imported.

    \b
    Example:
      hub redress import bodies.jsonl
    """
    with desk(common, Right.CASES_WORK) as at:
        with opened_lines(file) as lines:
            bodies, problems = read_bodies(lines)
        report_problems(problems, skip_bad=skip_bad)

        def work(db: sqlite_utils.Database) -> None:
            for body in bodies:
                RedressStore(db).put(body, at.act)

        at.write(work)
    if common.json:
        print_json({"imported": [body.id for body in bodies], "skipped": len(problems)})
        return
    say(f"{len(bodies)} bodies are on the list.")
