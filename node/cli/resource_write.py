"""The commands that change resources: add, update, retract."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from content.people.permissions import Right
from content.resources.record import ResourceRecord, read_record
from content.resources.resource import Resource
from content.resources.store import ResourceStore
from federation.publishing import add_resource, publish_resource, retract_resource, update_resource
from node.cli.desk import Desk, desk
from node.cli.moved import tell_moved, waiting_because
from node.cli.options import RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json
from node.cli.refusals import Refused
from node.cli.topics import topic_ids

_TEXTS = ("title", "summary")


def _fields(function: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each field of a record."""
    for option in (
        click.option("--sensitivity", metavar="ID", help="Else data-none."),
        click.option(
            "--label", metavar="ID", help="Handling label. Else tlp-clear: for everybody."
        ),
        click.option("--licence", metavar="TEXT", help="Such as CC-BY-4.0."),
        click.option("--sdg", "sdgs", type=int, multiple=True, metavar="N", help="1 to 17."),
        click.option(
            "--principle",
            "principles",
            multiple=True,
            metavar="ID",
            help="Such as p2-privacy-security.",
        ),
        click.option("--topic", "topics", multiple=True, metavar="TOPIC", help="Can be repeated."),
        click.option("--city", metavar="TEXT", help="City it is from."),
        click.option("--country", metavar="CC", help="Country it is from, such as NL."),
        click.option("--year", type=int, metavar="YYYY", help="When it was published."),
        click.option("--publisher", metavar="TEXT", help="Who published it."),
        click.option("--url", metavar="URL", help="Where it is."),
        click.option("--kind", metavar="ID", help="guide, policy, template, law, report ..."),
        click.option("--language", metavar="TAG", help="Of the document, such as es."),
        click.option(
            "--text-language", metavar="TAG", help="Of title and summary. Else --language."
        ),
        click.option("--summary", metavar="TEXT", help="In a sentence or two."),
        click.option("--title", metavar="TEXT", help="As the document has it."),
        click.option(
            "--file",
            type=TEXT_FILE,
            metavar="FILE",
            help="The whole record as JSON, or - for stdin.",
        ),
    ):
        function = option(function)
    return function


def _given(values: dict[str, Any], before: ResourceRecord | None) -> dict[str, Any]:
    """Return the fields of a record: the ones before, changed by what was given."""
    file, text_language = values.pop("file"), values.pop("text_language")
    fields: dict[str, Any] = {} if before is None else before.model_dump(mode="json")
    if file is not None:
        fields |= _object(file)
    language = values["language"] or fields.get("language")
    for name, value in values.items():
        if value is None or value == ():
            continue
        if name in _TEXTS:
            fields[name] = {**fields.get(name, {}), (text_language or language or "en"): value}
        elif name == "topics":
            fields[name] = topic_ids(value)
        else:
            fields[name] = value
    return fields


def _object(file: str) -> dict[str, Any]:
    try:
        value = json.loads(read_text(file, "the record"))
    except ValueError as error:
        raise Refused(f"{Path(file).name} is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Refused(f"{Path(file).name} must hold one JSON object, the record.")
    return value


@click.command()
@_fields
@click.option("--draft", is_flag=True, help="Keep it here for now; `update --publish` publishes.")
@common
def add(common: Common, draft: bool, **values: Any) -> None:
    """
    Add a resource and publish it.

    \b
    Example:
      hub resource add --title "Guía de compra de IA" --summary "Cláusulas, paso a paso." \\
          --language es --kind guide --topic procurement --url https://city.example/guia.pdf
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        record = read_record(_given(values, None))
        resource = at.write(lambda db: add_resource(db, at.hub, record, at.act, publish=not draft))
        _tell(common, at, resource, "Added")


@click.command()
@click.argument("resource_id", type=RECORD, metavar="ID")
@_fields
@click.option("--publish", is_flag=True, help="Publish a draft.")
@common
def update(common: Common, resource_id: str, publish: bool, **values: Any) -> None:
    """
    Change fields of a resource; the others stay. Everybody who has it is told.

    \b
    Example:
      hub resource update 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --year 2026 --licence CC-BY-4.0
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:

        def work(db: Any) -> Resource:
            before = ResourceStore(db).get(resource_id)
            record = read_record(_given(values, before.record))
            if record == before.record and not publish:
                raise Refused("Nothing would change. Name the fields to change, or --publish.")
            after = before
            if record != before.record:
                after = update_resource(db, at.hub, resource_id, record, at.act)
            return publish_resource(db, at.hub, after.id, at.act) if publish else after

        resource = at.write(work)
        _tell(common, at, resource, "Changed")
        if resource.id != resource_id and not common.json:
            note("It is for other readers now, so it has a new id; the old one is taken back.")


@click.command()
@click.argument("resource_id", type=RECORD, metavar="ID")
@common
def retract(common: Common, resource_id: str) -> None:
    """
    Take a resource back, for ever: its content is erased here and at every hub that has it.

    Only its id and dates stay. `hub erasure show ID` tells which hubs have confirmed.

    \b
    Example:
      hub resource retract 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        resource = at.write(lambda db: retract_resource(db, at.hub, resource_id, at.act))
        at.sweep()
        _tell(common, at, resource, "Retracted")


def _tell(common: Common, at: Desk, resource: Resource, done: str) -> None:
    url = f"{at.hub.identity.origin}/resources/{resource.id}"
    waits = waiting_because(at, resource.id)
    if common.json:
        whole = {**resource.model_dump(mode="json"), "ulid": resource.id, "id": url}
        print_json({**whole, "waiting_because": waits})
        return
    tell_moved(done, resource.id, resource.state.value, waits)
    if resource.state == "published" and waits is None:
        note(f"It is at {url}")
