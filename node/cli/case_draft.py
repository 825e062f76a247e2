"""`hub case draft`: drafts of an answer; and `hub case merge`, which shows them side by side."""

from collections.abc import Callable
from typing import TypeVar

import click
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.draft_store import DraftStore
from content.cases.drafts import Draft, RemarkKind, Written, read_draft_content
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.answering import merging
from node.cli.desk import Desk, desk
from node.cli.options import RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import (
    Column,
    note,
    print_fields,
    print_json,
    print_table,
    print_text,
    say,
    when,
)

T = TypeVar("T")
CASE = click.argument("case_id", type=RECORD, metavar="CASE")
DRAFT = click.argument("draft_id", type=RECORD, metavar="DRAFT")
TEXT = click.option("--text-file", type=TEXT_FILE, default="-", metavar="FILE", help="Else stdin.")
CITE = click.option(
    "--cite", "cites", multiple=True, metavar="ID|URL", help="A resource it rests on; repeat."
)
REVISION = click.option(
    "--revision", type=click.IntRange(1), required=True, metavar="N", help="The one you read."
)


@click.group()
def draft() -> None:
    """
    Drafts of an answer: written, commented and approved by those who work on a case.

    The requester sees none of them. From draft to answer: hub case merge, hub case answer.
    """


@draft.command("new")
@CASE
@TEXT
@CITE
@common
def new_draft(common: Common, case_id: str, text_file: str, cites: tuple[str, ...]) -> None:
    """
    Begin a draft.

    \b
    Example:
      hub case draft new 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file draft.txt --cite 01KAT3Q8...
    """
    content = read_draft_content({"text": read_text(text_file, "the draft"), "cites": cites})
    with desk(common, Right.CASES_ASSIGNED) as at:
        made = at.write(
            _seen(at, case_id, lambda d: d.begin(case_id, content, at.act, at.hub.chance))
        )
    _tell(common, made, "is begun")


@draft.command("edit")
@CASE
@DRAFT
@REVISION
@TEXT
@CITE
@click.option("--no-cites", is_flag=True, help="It cites nothing any more.")
@common
def edit_draft(
    common: Common,
    case_id: str,
    draft_id: str,
    revision: int,
    text_file: str,
    cites: tuple[str, ...],
    no_cites: bool,
) -> None:
    """
    Save a new version of a draft, over the revision that you read.

    What it cites stays, unless --cite says what it cites instead, or --no-cites that it is nothing.
    If somebody else saved meanwhile, your text is kept as a draft of its own, and you are told.

    \b
    Example:
      hub case draft edit 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ \\
          --revision 1 --text-file draft.txt
    """
    if cites and no_cites:
        raise click.UsageError("--cite and --no-cites say the opposite of each other.")
    text = read_text(text_file, "the draft")
    with desk(common, Right.CASES_ASSIGNED) as at:

        def save(drafts: DraftStore) -> Written:
            kept = () if no_cites else cites or drafts.get(case_id, draft_id).cites
            content = read_draft_content({"text": text, "cites": kept})
            return drafts.write(case_id, draft_id, revision, content, at.act, at.hub.chance)

        written = at.write(_seen(at, case_id, save))
    if written.conflict is not None:
        raise written.conflict
    _tell(common, written.draft, "is saved")


@draft.command("list")
@CASE
@common
def list_drafts(common: Common, case_id: str) -> None:
    """
    List the drafts of a case, without their texts.

    \b
    Example:
      hub case draft list 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_ASSIGNED) as at:
        found = at.read_noted(
            _seen(at, case_id, lambda d: d.of(case_id)), "case.read-draft", case_id
        )
    if common.json:
        shown = ("id", "author", "revision", "state", "written_by", "approved_by", "updated_at")
        print_json({"items": [{name: getattr(each, name) for name in shown} for each in found]})
        return
    if not found:
        note(f"No drafts yet. Begin one: hub case draft new {case_id} --text-file FILE")
        return
    print_table(
        [
            Column("id"),
            Column("state"),
            Column("rev", right=True),
            Column("by", elastic=True),
            Column("approved by", elastic=True),
        ],
        [
            (
                each.id,
                each.state.value,
                each.revision,
                ", ".join(each.written_by),
                ", ".join(each.approved_by),
            )
            for each in found
        ],
    )


@draft.command("show")
@CASE
@DRAFT
@click.option("--versions", is_flag=True, help="Every version, the oldest first.")
@common
def show_draft(common: Common, case_id: str, draft_id: str, versions: bool) -> None:
    """
    Show a draft with what was said to it.

    \b
    Example:
      hub case draft show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ --versions
    """
    with desk(common, Right.CASES_ASSIGNED) as at:
        found, every = at.read_noted(
            _seen(at, case_id, lambda d: (d.get(case_id, draft_id), d.versions(case_id, draft_id))),
            "case.read-draft",
            case_id,
        )
    if common.json:
        print_json({**_fields(found), "versions": every} if versions else _fields(found))
        return
    print_fields(
        [
            ("draft", found.id),
            ("state", found.state.value),
            ("revision", found.revision),
            ("written by", found.written_by),
            ("approved by", found.approved_by),
            ("cites", found.cites),
        ]
    )
    for version in every if versions else every[-1:]:
        print_text(f"revision {version.revision} by {version.by}, {when(version.at)}", version.text)
    for remark in found.remarks:
        head = f"{remark.kind.value} by {remark.by} on revision {remark.revision}"
        print_text(head, remark.text)


@draft.command("comment")
@CASE
@DRAFT
@REVISION
@TEXT
@common
def comment_draft(
    common: Common, case_id: str, draft_id: str, revision: int, text_file: str
) -> None:
    """
    Say something to a version of a draft.

    \b
    Example:
      hub case draft comment 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ \\
          --revision 2 --text-file comment.txt
    """
    text = read_text(text_file, "the comment")
    _remark(common, case_id, draft_id, RemarkKind.COMMENT, revision, text)


@draft.command("approve")
@CASE
@DRAFT
@REVISION
@common
def approve_draft(common: Common, case_id: str, draft_id: str, revision: int) -> None:
    """
    Approve the newest version of a draft that somebody else wrote.

    \b
    Example:
      hub case draft approve 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ --revision 2
    """
    _remark(common, case_id, draft_id, RemarkKind.APPROVAL, revision, "")


@draft.command("drop")
@CASE
@DRAFT
@common
def drop_draft(common: Common, case_id: str, draft_id: str) -> None:
    """
    Put a draft aside; it stays readable.

    \b
    Example:
      hub case draft drop 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
    """
    with desk(common, Right.CASES_ASSIGNED) as at:
        gone = at.write(_seen(at, case_id, lambda d: d.drop(case_id, draft_id, at.act)))
    _tell(common, gone, "is put aside")


@click.command()
@CASE
@common
def merge(common: Common, case_id: str) -> None:
    """
    Show all open drafts side by side, as a text to make one answer of.

    Edit it, then send it with hub case answer and a --draft for each that went in.

    \b
    Example:
      hub case merge 01KAT3Q8T6W3Y6M0S0V4N8Z2XH > answer.txt
    """
    with desk(common, Right.CASES_ASSIGNED) as at:

        def look(db: sqlite_utils.Database) -> tuple[tuple[Draft, ...], str, tuple[str, ...]]:
            case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            found = merging(db, at.hub, case_id)
            return found.drafts, found.text, found.cites

        drafts, text, cites = at.read_noted(look, "case.read-draft", case_id)
    if common.json:
        print_json({"drafts": [_fields(each) for each in drafts], "text": text, "cites": cites})
        return
    if not drafts:
        note(f"No open drafts. Begin one: hub case draft new {case_id} --text-file FILE")
        return
    say(text)
    used = " ".join(f"--draft {each.id}@{each.revision}" for each in drafts)
    note(f"Next: hub case answer {case_id} --text-file answer.txt {used}")


def _remark(
    common: Common, case_id: str, draft_id: str, kind: RemarkKind, revision: int, text: str
) -> None:
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(drafts: DraftStore) -> Draft:
            return drafts.remark(case_id, draft_id, kind, text, at.act, read=revision)

        found = at.write(_seen(at, case_id, work))
    _tell(common, found, "is approved" if kind is RemarkKind.APPROVAL else "has a comment")


def _seen(
    at: Desk, case_id: str, work: Callable[[DraftStore], T]
) -> Callable[[sqlite_utils.Database], T]:
    """Return work on the drafts of a case that the acting user may see."""

    def checked(db: sqlite_utils.Database) -> T:
        case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
        return work(DraftStore(db, at.hub.vault))

    return checked


def _fields(draft: Draft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def _tell(common: Common, draft: Draft, done: str) -> None:
    if common.json:
        print_json({"id": draft.id, "revision": draft.revision, "state": draft.state})
        return
    say(f"Draft {draft.id} {done} (revision {draft.revision}).")
