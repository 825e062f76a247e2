"""`hub subject`: what is held about one person, handed to them, or erased."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from content.people.permissions import Right
from federation.law.subject_erase import Preview, SubjectErased, erase_subject, preview_erasure
from federation.law.subject_export import export_subject
from federation.law.subjects import Sought, Subject, find_subject
from node.cli.case_keep import confirmed, erasure_in_words, plain_erasure
from node.cli.desk import Desk, desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.home import write_private
from node.subject_file import packed


@click.group()
def command() -> None:
    """
    The rights of people: what is held about somebody, handed to them, or erased.

    Make sure first that it is them who ask. To correct something: change the case or the listing
    itself; that it was changed is noted by itself.
    """


def sought(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say who is looked for."""
    for option in (
        click.option("--code", default="", metavar="CODE", help="The code of a receipt."),
        click.option("--name", default="", metavar="TEXT", help="Their name, or a part of it."),
        click.option("--contact", default="", metavar="TEXT", help="Mail address or phone number."),
        click.option("--user", default="", metavar="USER", help="Their account at this hub."),
        click.option(
            "--only", multiple=True, metavar="ID", help="Of what is found, this alone. Repeatable."
        ),
    ):
        function = option(function)
    return function


@command.command()
@sought
@common
def find(
    common: Common, name: str, contact: str, user: str, code: str, only: tuple[str, ...]
) -> None:
    """
    Find what is held about a person: cases, listings of experts, accounts, unconfirmed mails.

    \b
    Example:
      hub subject find --name "Ana Ruiz"
    """
    with desk(common, Right.OPERATE) as at:
        subject = _found(at, Sought(name=name, contact=contact, user=user, code=code), only)
    if common.json:
        print_json(subject)
        return
    _say_subject(subject)


@command.command()
@sought
@click.option(
    "--to", "file", type=click.Path(path_type=Path), required=True, metavar="FILE", help="A .zip."
)
@common
def export(
    common: Common, name: str, contact: str, user: str, code: str, only: tuple[str, ...], file: Path
) -> None:
    """
    Write everything that is held about a person to a file, to be handed to them.

    It holds person.json for programs, person.md for people, and the files of cases. It is not
    encrypted: hand it over safely, then destroy it. Read the notes of staff in it before you do.

    \b
    Example:
      hub subject export --contact ana@city.example --to ana.zip
    """
    if file.exists():
        raise Refused(f"{file} is there already. Choose another name.")
    with desk(common, Right.OPERATE) as at:
        subject = _found(at, Sought(name=name, contact=contact, user=user, code=code), only)
        if subject.empty:
            raise Refused("Nothing is held under that name or address.")
        exported = at.write(lambda db: export_subject(db, at.hub, subject, at.act))
        write_private(file, packed(exported))
    if common.json:
        print_json({"file": str(file), "held": subject, "withheld": exported.withheld})
        return
    _say_subject(subject)
    for what, why in exported.withheld:
        note(f"Not in it: {what}. {why}")
    say(f"Written to {file}, readable by you alone.")


@command.command()
@sought
@click.option("--dry-run", is_flag=True, help="Only show what would be erased and what stays.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def erase(
    common: Common,
    name: str,
    contact: str,
    user: str,
    code: str,
    only: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """
    Erase what is held about a person, and tell the hubs that got something of it.

    Shows first what goes and what stays, and why. It cannot be undone.

    \b
    Example:
      hub subject erase --contact ana@city.example --dry-run
    """
    with desk(common, Right.OPERATE) as at:
        subject = _found(at, Sought(name=name, contact=contact, user=user, code=code), only)
        preview = at.read(lambda db: preview_erasure(db, at.hub, subject, at.act))
        if dry_run and common.json:
            print_json({"dry_run": True, **_plain_preview(preview)})
            return
        if not common.json:
            _say_preview(preview)
        if dry_run:
            return
        if not (preview.cases or preview.experts or preview.mails):
            raise Refused("There is nothing that can be erased.")
        confirmed(yes, "Erase all of this for ever?")
        done = at.run(erase_subject(at.node, subject, at.act))
    if common.json:
        print_json(_plain_done(done))
        return
    _say_done(done)


def _found(at: Desk, who: Sought, only: tuple[str, ...]) -> Subject:
    found = at.read(lambda db: find_subject(db, at.hub, who, progress=_tell_progress))
    unknown = sorted({*only} - {*found.cases, *found.experts, *found.users, *found.mails})
    if unknown:
        raise Refused(f"{unknown[0]} is not among what was found. hub subject find shows it.")
    return found.only(only)


def _tell_progress(count: int, of: int) -> None:
    if of > count or count >= 500:
        note(f"Looked at {count} of {of} cases.")


def _say_subject(subject: Subject) -> None:
    for what, ids in (
        ("case", subject.cases),
        ("expert listing", subject.experts),
        ("account", subject.users),
        ("unconfirmed mail", subject.mails),
    ):
        for each in ids:
            say(f"{what} {each}")
    if subject.empty:
        note("Nothing is held under that name or address.")
    for each in subject.mentions:
        note(f"Also named in {each}, a case or mail of somebody else: read it, and decide.")
    for each in subject.unreadable:
        note(f"{each} cannot be opened with the keys of this hub.")


def _say_preview(preview: Preview) -> None:
    for case in preview.cases:
        say(f"Would go: case {case}")
    for expert in preview.experts:
        say(f"Would go: expert listing {expert}, here and wherever it was published")
    for mail in preview.mails:
        say(f"Would go: unconfirmed mail {mail}")
    for host, what in preview.hubs:
        say(f"{host} {what}.")
    for each in preview.stays:
        say(f"Stays: {each.what + ': ' if each.what else ''}{each.why}")


def _say_done(done: SubjectErased) -> None:
    say()
    for erasure in done.cases:
        say(f"Erased: case {erasure.tombstone.id}")
        for line in erasure_in_words(erasure):
            say(f"  {line}")
    for expert in done.experts:
        say(f"Erased: expert listing {expert}")
    for mail in done.mails:
        say(f"Erased: unconfirmed mail {mail}")


def _plain_preview(preview: Preview) -> dict[str, Any]:
    return {
        "cases": preview.cases,
        "experts": preview.experts,
        "mails": preview.mails,
        "stays": preview.stays,
        "hubs": [{"hub": host, "what": what} for host, what in preview.hubs],
    }


def _plain_done(done: SubjectErased) -> dict[str, Any]:
    return {
        "dry_run": False,
        "cases": [plain_erasure(each) for each in done.cases],
        "experts": done.experts,
        "mails": done.mails,
        "stays": done.stays,
    }
