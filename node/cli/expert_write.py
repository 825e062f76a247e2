"""The commands that write listings of experts: add, update."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click
import sqlite_utils

from content.cases.dates import begin_of, day_of
from content.experts.contacts import ExpertContactStore
from content.experts.expert import Expert
from content.experts.record import OFFERS, ExpertRecord, Scope, read_expert
from content.experts.store import ExpertStore
from content.people.permissions import Right
from federation.publishing_experts import add_expert, update_expert
from node.cli.desk import Desk, desk
from node.cli.expert_output import tell_expert
from node.cli.moved import waiting_because
from node.cli.options import DAY, RECORD, Common, common
from node.cli.output import note
from node.cli.topics import topic_ids

Command = Callable[..., None]
_SCOPES = click.Choice([scope.value for scope in Scope])


def _facts(*, new: bool) -> Callable[[Command], Command]:
    """Add the options that say what a listing says; a new one needs some of them."""
    options = (
        click.option(
            "--name", required=new, metavar="TEXT", help="Of the person, or of an organisation."
        ),
        click.option("--organisation", metavar="TEXT", help="Where they work."),
        click.option(
            "--bio", required=new, metavar="TEXT", help="What they know, in a few sentences."
        ),
        click.option(
            "--language",
            "languages",
            multiple=True,
            required=new,
            metavar="TAG",
            help="They work in; the first is that of --bio.",
        ),
        click.option(
            "--topic",
            "topics",
            multiple=True,
            required=new,
            metavar="TOPIC",
            help="They know.",
        ),
        click.option(
            "--jurisdiction",
            "jurisdictions",
            multiple=True,
            metavar="CC",
            help="Whose law they know.",
        ),
        click.option(
            "--offer", "offers", multiple=True, type=click.Choice(OFFERS), help="What they do."
        ),
        click.option("--hours", "capacity_hours", type=int, metavar="N", help="A month, at most."),
        click.option("--conflicts", metavar="TEXT", help="For whom they cannot work."),
        click.option("--scope", type=_SCOPES, help="Who sees the listing, as they agreed."),
        click.option("--agreed-on", type=DAY, metavar="DATE", help="When they agreed; else now."),
        click.option(
            "--email", metavar="ADDRESS", help="Where to ask them whether it is right; in no list."
        ),
        click.option("--mail-language", metavar="TAG", help="Of such mails; else their first."),
    )

    def add_all(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return add_all


def _given(at: Desk, values: dict[str, Any], agreed_on: date | None) -> dict[str, Any]:
    """Return what the options say of a listing, without those that were not given."""
    given = {name: value for name, value in values.items() if value not in (None, ())}
    if "topics" in given:
        given["topics"] = topic_ids(given["topics"])
    if agreed_on is not None:
        zone = at.hub.identity.timezone
        if agreed_on > day_of(at.act.at, zone):
            raise click.UsageError(f"--agreed-on: {agreed_on} has not come yet.")
        given["consent_at"] = begin_of(agreed_on, zone)
    return given


@click.command()
@_facts(new=True)
@common
def add(
    common: Common,
    agreed_on: date | None,
    email: str | None,
    mail_language: str | None,
    **values: Any,
) -> None:
    """
    Add an expert who agreed to be listed.

    Scope hub (the default) is seen by this hub only, network by approved hubs too, public by all.

    \b
    Example:
      hub expert add --name "Omar Ben Salah" --bio "Droit du numérique et marchés publics." \\
          --language fr --language ar --topic procurement --jurisdiction TN --scope network \\
          --hours 4 --email omar@cabinet.example
    """
    if mail_language is not None and email is None:
        raise click.UsageError("--mail-language goes with --email.")
    with desk(common, Right.EXPERTS_EDIT) as at:
        record = read_expert(_given(at, values, agreed_on))

        def work(db: sqlite_utils.Database) -> Expert:
            expert = add_expert(db, at.hub, record, at.act)
            if email is not None:
                _note_address(db, at, expert, email, mail_language)
            return expert

        expert = at.write(work)
        waits = waiting_because(at, expert.id)
    tell_expert(common, expert, "Added", waits)
    if expert.record.scope is Scope.HUB and not common.json:
        note("Only this hub sees the listing. For other hubs too: --scope network, if they agree.")


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@_facts(new=False)
@click.option("--no-email", is_flag=True, help="Forget the address.")
@common
def update(
    common: Common,
    expert_id: str,
    agreed_on: date | None,
    email: str | None,
    mail_language: str | None,
    no_email: bool,
    **values: Any,
) -> None:
    """
    Correct a listing, or change who sees it, if the expert agrees. What is not given stays.

    What was out is deleted everywhere and listed anew, so that no old word stays in a log: the
    listing gets a new id. Topics, languages and such that are given replace those before.

    \b
    Example:
      hub expert update 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --scope public --agreed-on 2026-11-20
      hub expert update 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --email omar@cabinet.example
    """
    if no_email and (email or mail_language):
        raise click.UsageError("--no-email goes with no other option about mails.")
    with desk(common, Right.EXPERTS_EDIT) as at:
        given = _given(at, values, agreed_on)
        if not (given or email or mail_language or no_email):
            raise click.UsageError("Say what to change, such as --hours 4.")

        def work(db: sqlite_utils.Database) -> Expert:
            expert = ExpertStore(db).get(expert_id)
            if given:
                expert = update_expert(
                    db, at.hub, expert_id, read_expert(_changed(expert.record, given)), at.act
                )
            if no_email:
                ExpertContactStore(db, at.hub.vault).remove(expert.id, at.act)
            elif email or mail_language:
                _note_address(db, at, expert, email, mail_language)
            return expert

        expert = at.write(work)
        at.sweep()
        waits = waiting_because(at, expert.id)
    tell_expert(common, expert, "Changed", waits)
    if expert.id != expert_id and not common.json:
        note(f"The listing has a new id: {expert.id}")


def _changed(record: ExpertRecord, given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a record with what is given in place of before."""
    values = {**record.model_dump(), **given}
    if isinstance(given.get("bio"), str):
        language = values["languages"][0]
        values["bio"] = {**record.bio, language: given["bio"]}
    if "scope" in given and given["scope"] != record.scope and "consent_at" not in given:
        values["consent_at"] = None
    return values


def _note_address(
    db: sqlite_utils.Database, at: Desk, expert: Expert, email: str | None, language: str | None
) -> None:
    contacts = ExpertContactStore(db, at.hub.vault)
    before = contacts.find(expert.id)
    if email is None and before is None:
        raise click.UsageError("--mail-language goes with --email.")
    contacts.put(
        expert.id,
        email or (before.address if before else ""),
        at.act,
        at.hub.chance,
        language=language if language is not None else (before.language if before else ""),
    )
