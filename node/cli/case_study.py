"""`hub case study`: from an answered case to a case study in the catalogue."""

import json
from typing import Any

import click

from content.people.permissions import Right
from content.resources.record import read_record
from federation.escalation.scanning import Found
from federation.learning import make_study, preview_study, scaffold
from node.cli.desk import desk
from node.cli.options import RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--file",
    type=TEXT_FILE,
    metavar="FILE",
    help="The record with the texts written, as JSON; - for stdin. Without it: one to fill in.",
)
@click.option("--preview", is_flag=True, help="Show it and what was found in it; keep nothing.")
@click.option("--confirm", is_flag=True, help="I looked at what was found; it may stay.")
@common
def study(common: Common, case_id: str, file: str | None, preview: bool, confirm: bool) -> None:
    """
    Make a case study of an answered case, with the requester's consent, as a draft.

    Prints a record to fill in first. What is written in it is looked through for mail addresses,
    phone and other numbers, the requester's name and sentences of the case; what is found has to
    be taken out or confirmed. Publish the draft with: hub resource update ID --publish

    \b
    Example:
      hub case study 01KAT3Q8T6W3Y6M0S0V4N8Z2XH > study.json
      hub case study 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --file study.json --preview
      hub case study 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --file study.json
    """
    values = None if file is None else _object(file)
    with desk(common, Right.CASES_WORK) as at:
        if values is None:
            empty = at.read_noted(
                lambda db: scaffold(db, at.hub, case_id), "case.read-study", case_id
            )
            print_json(empty)
            note("Write title and summary, then give it back with --file and --preview.")
            return
        record = read_record(values)
        shown = at.read(lambda db: preview_study(db, at.hub, case_id, record))
        if preview:
            found = [{"trace": each.what, "text": each.text} for each in shown.findings]
            print_json({"record": shown.record, "findings": found})
            if not common.json:
                _tell(shown.findings)
            return
        if shown.findings and not confirm:
            _tell(shown.findings)
        made = at.write(
            lambda db: make_study(db, at.hub, case_id, record, at.act, confirmed=confirm)
        )
    if common.json:
        print_json({"ulid": made.id, "state": made.state})
        return
    say(f"Draft {made.id} is in the catalogue.")
    note(f"Let somebody else read it, then: hub resource update {made.id} --publish")


def _tell(findings: tuple[Found, ...]) -> None:
    for finding in findings:
        note(f"  {finding.what}: {finding.text}")


def _object(file: str) -> dict[str, Any]:
    try:
        value = json.loads(read_text(file, "the record"))
    except ValueError as error:
        raise Refused(f"The record is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Refused("The record must be one JSON object.")
    return value
