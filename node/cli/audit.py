"""`hub audit`: who did what and who read what, and whether that record is whole."""

import re

import click
import sqlite_utils

from content.audit import (
    ACCEPT,
    AUDIT,
    AuditRow,
    ChainMark,
    Kind,
    head_of,
    list_audit,
)
from content.changes import ChangeStore
from content.people.permissions import Right
from node.audit_checking import Checked, check_home, note_check
from node.audit_mark import AuditMarkFile
from node.cli.desk import desk
from node.cli.options import NUMBER, Common, common, limited
from node.cli.output import Column, note, note_more, print_fields, print_json, print_table, say
from node.cli.refusals import Refused

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
LONGEST_REASON = 300


@click.group()
def command() -> None:
    """
    Who did what and who read which case, and whether that record is whole.

    Each row carries a hash that covers the row before. A row that is removed, edited or moved is
    found; a mark in a file beside the database tells when the end is cut off.
    """


@command.command("list")
@click.option("--changes", "kind", flag_value="change", help="Only what was changed.")
@click.option("--accesses", "kind", flag_value="access", help="Only what was read.")
@click.option("--subject", metavar="ID", help="Only about this thing, such as a case.")
@click.option("--by", metavar="USER", help="Only what this user did.")
@click.option("--cursor", type=NUMBER, metavar="NO", help="Where the page before ended.")
@limited(50)
@common
def list_rows(
    common: Common,
    kind: str | None,
    subject: str | None,
    by: str | None,
    cursor: int | None,
    limit: int,
) -> None:
    """
    List what was done and read, newest first; never a text.

    Who read what is forgotten after a year; that something was read stays.

    \b
    Example:
      hub audit list --accesses --subject 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    chosen: Kind | None = "change" if kind == "change" else "access" if kind == "access" else None
    with desk(common, Right.OPERATE) as at:
        rows = at.read(
            lambda db: list_audit(
                db, kind=chosen, subject=subject, by=by, before=cursor, limit=limit
            )
        )
    following = str(rows[-1].seq) if len(rows) == limit and rows[-1].seq > 1 else None
    if common.json:
        print_json({"items": rows, "next_cursor": following})
        return
    if not rows:
        note("Nothing of that kind is recorded.")
        return
    columns = [Column("no", right=True), Column("when"), Column("who", elastic=True)]
    columns += [Column("what"), Column("about", elastic=True), Column("note", elastic=True)]
    print_table(columns, [_cells(row) for row in rows])
    note_more(following)


@command.command()
@click.option(
    "--expect",
    metavar="NO:HASH",
    help="Newest row as an earlier check printed it, from where you kept it.",
)
@common
def verify(common: Common, expect: str | None) -> None:
    """
    Check every row of the record; say which is the first that is wrong, and why.

    The last line is the newest row. Keep it elsewhere, such as on paper: with --expect a later
    check proves that nothing up to there was written anew. Ends with 1 when something is wrong.

    \b
    Example:
      hub audit verify
    """
    expected = None if expect is None else _mark(expect)
    with desk(common, Right.OPERATE) as at:
        file = AuditMarkFile(at.home)
        done = at.read(lambda db: check_home(db, file, expected))
        at.write(lambda db: note_check(db, done, at.act))
    if common.json:
        print_json(done.as_json())
    else:
        _show(done)
    if done.verdict.broken is not None:
        raise SystemExit(1)


@command.command()
@click.option("--reason", required=True, metavar="TEXT", help="Why, for those who read it later.")
@common
def accept(common: Common, reason: str) -> None:
    """
    Take the record as it is for whole, though rows of its end are missing.

    For a database that was put back by hand. `hub restore` does this by itself. That it was done,
    and how far the record was before, stays on record.

    \b
    Example:
      hub audit accept --reason "Disk of 3 May lost; copy of 1 May put back by hand"
    """
    if len(reason) > LONGEST_REASON:
        raise Refused(f"A reason has at most {LONGEST_REASON} signs.")
    with desk(common, Right.OPERATE) as at:
        file = AuditMarkFile(at.home)
        broken = at.read(lambda db: check_home(db, file, None)).verdict.broken
        if broken is None:
            raise Refused("The record is whole; there is nothing to accept.")
        if broken.reason not in ("end-missing", "rewritten", "mark-missing"):
            raise Refused(f"Row {broken.seq}: {broken.text}. That cannot be accepted.")

        def work(db: sqlite_utils.Database) -> ChainMark:
            ChangeStore(db).record(at.act, ACCEPT, AUDIT, reason)
            return head_of(db)

        gap = file.accept(at.write(work), at.act.at, reason)
    if common.json:
        print_json({"after": gap.after, "reason": reason})
        return
    say("Accepted. The record counts as whole from here; hub audit verify tells of the gap.")


def _cells(row: AuditRow) -> tuple[object, ...]:
    return (row.seq, f"{row.at:%Y-%m-%d %H:%M}", row.by, row.what, row.subject, row.note)


def _mark(text: str) -> ChainMark:
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(
            "give it as it was printed: a number, a colon, 64 signs.", param_hint="--expect"
        )
    return ChainMark(int(found[1]), bytes.fromhex(found[2]))


def _show(done: Checked) -> None:
    verdict, broken = done.verdict, done.verdict.broken
    print_fields(
        [
            ("record", "whole" if broken is None else "NOT WHOLE"),
            ("rows", verdict.rows),
            ("of readings", f"{verdict.accesses}, {verdict.forgotten} without who and what by now"),
            *[
                (
                    "gap",
                    f"{gap.at:%Y-%m-%d %H:%M} UTC after row {gap.after}"
                    + ("" if gap.lost is None else f" (it had been at {gap.lost.seq})")
                    + f": {gap.why}",
                )
                for gap in done.gaps
            ],
            ("newest row", f"{verdict.head.seq}:{verdict.head.hash.hex()}"),
        ]
    )
    if broken is not None:
        say(f"\nRow {broken.seq}: {broken.text}.")
        note(
            "Keep a copy of the folder as it is before anything else. Compare it with a backup: "
            "hub restore FILE --verify"
        )
