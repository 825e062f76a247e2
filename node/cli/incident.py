"""`hub incident`: notes of breaches of personal data, and the 72 hours that the law gives."""

from datetime import UTC, datetime

import click

from content.incidents import Incident, IncidentStore, new_incident
from content.people.permissions import Right
from node.cli.desk import desk
from node.cli.options import RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_fields, print_json, print_text, say, when

MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
TEXT = click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")


@click.group()
def command() -> None:
    """
    Breaches of personal data: note each, and see how much of the 72 hours is left.

    A breach is when data was seen, changed or lost that should not have been. The law wants every
    one noted, and the supervisory authority told within 72 hours after somebody of the hub became
    aware of it, unless it is unlikely to be a risk for people (GDPR Art. 33). Notes are encrypted
    and never published.
    """


@command.command()
@TEXT
@click.option(
    "--noticed",
    type=MOMENT,
    metavar="TIME",
    help="When somebody of the hub became aware of it, UTC, such as 2026-11-25T14:30. Else now.",
)
@click.option("--peer", "peers", multiple=True, metavar="HOST", help="A hub it touches; repeat.")
@click.option(
    "--case", "cases", multiple=True, type=RECORD, metavar="ID", help="A case it touches; repeat."
)
@common
def add(
    common: Common,
    text_file: str,
    noticed: datetime | None,
    peers: tuple[str, ...],
    cases: tuple[str, ...],
) -> None:
    """
    Note a breach: what happened, in words, from stdin or a file.

    Write what was lost or seen, how many people it is about, and what you did so far. Name peers
    and cases by --peer and --case, and nobody by name where it is not needed.

    \b
    Example:
      hub incident add --noticed 2026-11-25T14:30 --case 01KAT3Q8T6W3Y6M0S0V4N8Z2XH < note.txt
    """
    what = read_text(text_file, "what happened")
    with desk(common, Right.OPERATE) as at:
        moment = at.act.at if noticed is None else noticed.replace(tzinfo=UTC)
        made = new_incident(what, moment, at.act, at.hub.chance, peers=peers, cases=cases)
        at.write(lambda db: IncidentStore(db, at.hub.vault).add(made, at.act))
    if common.json:
        print_json(_plain(made, at.act.at))
        return
    say(f"Incident {made.id} is noted. {made.clock(at.act.at)}")
    note("When it is dealt with: hub incident close " + made.id)


@command.command("list")
@click.option("--all", "closed", is_flag=True, help="The closed ones, too.")
@common
def list_incidents(common: Common, closed: bool) -> None:
    """
    List the open incidents with what is left of the 72 hours, the most urgent first.

    \b
    Example:
      hub incident list --all
    """
    with desk(common, Right.OPERATE) as at:
        found = at.read_noted(
            lambda db: IncidentStore(db, at.hub.vault).list(closed=closed), "incident.read", "all"
        )
    if common.json:
        print_json({"items": [_plain(each, at.act.at) for each in found]})
        return
    if not found:
        note("No incident is open." if not closed else "No incident was ever noted.")
    for each in found:
        _print(each, at.act.at)


@command.command()
@click.argument("incident_id", type=RECORD, metavar="ID")
@TEXT
@common
def close(common: Common, incident_id: str, text_file: str) -> None:
    """
    Note how an incident ended, from stdin or a file, and stop its clock.

    Write what was done, when the authority and the people were told, or why that was not needed.
    The note stays, as the law asks (GDPR Art. 33, 5).

    \b
    Example:
      hub incident close 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file ending.txt
    """
    ending = read_text(text_file, "how it ended")
    with desk(common, Right.OPERATE) as at:
        done = at.write(
            lambda db: IncidentStore(db, at.hub.vault).close(incident_id, ending, at.act)
        )
    if common.json:
        print_json(_plain(done, at.act.at))
        return
    say(f"Incident {done.id} is closed.")


def _print(incident: Incident, now: datetime) -> None:
    say(f"\nIncident {incident.id}")
    print_fields(
        [
            ("clock", incident.clock(now)),
            ("noticed", f"{when(incident.noticed_at)} UTC"),
            ("noted", f"{when(incident.noted_at)} UTC by {incident.noted_by}"),
            ("peers", incident.peers),
            ("cases", incident.cases),
        ]
    )
    print_text("What happened", incident.what)
    if incident.ending:
        by = f"{when(incident.closed_at)} UTC by {incident.closed_by}"
        print_text(f"How it ended ({by})", incident.ending)


def _plain(incident: Incident, now: datetime) -> dict[str, object]:
    return {
        "id": incident.id,
        "noticed_at": incident.noticed_at,
        "due_at": incident.due_at,
        "clock": incident.clock(now),
        "noted_at": incident.noted_at,
        "noted_by": incident.noted_by,
        "what": incident.what,
        "peers": incident.peers,
        "cases": incident.cases,
        "ending": incident.ending,
        "closed_at": incident.closed_at,
        "closed_by": incident.closed_by,
    }
