"""`hub case correct`: what a case says put right, here and at other hubs (GDPR Art. 16, 19)."""

import click
import sqlite_utils

from content.people.permissions import Right
from federation.escalation.case_correcting import (
    Corrected,
    correct_case,
    preview_case_correction,
)
from node.cli.correction_output import (
    EXPECT,
    KEEP_FOUND,
    OUTSIDE,
    OUTSIDE_CONTEXT,
    OUTSIDE_STAYS,
    PREVIEW,
    outside_words,
    show_corrections,
)
from node.cli.desk import desk
from node.cli.options import RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json, say
from node.cli.preview_output import kept_places
from node.cli.refusals import Refused


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--contact-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="Their name; next line, how to reach them.",
)
@click.option("--organisation", metavar="TEXT", help="Where they work.")
@click.option(
    "--question-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="First line the title, then the question.",
)
@OUTSIDE
@OUTSIDE_CONTEXT
@OUTSIDE_STAYS
@click.option(
    "--here-only", is_flag=True, help="Leave other hubs as they are for now; it is kept in mind."
)
@PREVIEW
@EXPECT
@KEEP_FOUND
@common
def correct(
    common: Common,
    case_id: str,
    contact_file: str | None,
    organisation: str | None,
    question_file: str | None,
    outside_file: str | None,
    outside_context_file: str | None,
    outside_stays: bool,
    here_only: bool,
    preview: bool,
    expected: tuple[str, ...],
    keep_found: tuple[str, ...],
) -> None:
    """
    Put right what a case says; what is not given stays. What it said before is not kept.

    Every hub that has a copy with it is sent how its copy reads now, sealed; --preview shows that.
    Who asked is told only to a hub that knew it. Where one hub cannot be told, nothing happens and
    it says why; with --here-only it is corrected here, and hub case recipients shows who lacks it.

    \b
    Example:
      hub case correct 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --contact-file contact.txt
      hub case correct 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --question-file question.txt --preview
    """
    changes: dict[str, str] = {} if organisation is None else {"organisation": organisation}
    if contact_file is not None:
        name, _, reach = read_text(contact_file, "the contact").partition("\n")
        changes |= {"name": name, "contact": reach}
    if question_file is not None:
        title, _, question = read_text(question_file, "the case").partition("\n")
        changes |= {"title": title, "question": question.strip() or title}
    if not changes:
        raise Refused("Say what to put right: --contact-file, --organisation or --question-file.")
    kept, words = (
        kept_places(keep_found),
        outside_words(outside_file, outside_context_file, stays=outside_stays),
    )
    with desk(common, Right.CASES_WORK) as at:
        if preview:
            shown = at.read_noted(
                lambda db: preview_case_correction(db, at.hub, case_id, changes, at.act, words),
                "case.preview",
                case_id,
            )
            show_corrections(common, shown)
            return

        def work(db: sqlite_utils.Database) -> Corrected:
            return correct_case(
                db,
                at.hub,
                case_id,
                changes,
                at.act,
                words,
                here_only=here_only,
                expect=expected,
                kept=kept,
            )

        done = at.write(work)
    if common.json:
        plain = {"id": done.case.id, "revision": done.case.revision}
        print_json({**plain, "hubs_told": done.told, "hubs_to_tell": done.behind})
        return
    say(f"Case {done.case.id} is corrected.")
    for host in done.told:
        say(f"{host} is sent how its copy reads now. See whether it has it: hub case recipients")
    for host in done.behind:
        note(f"{host} has it as it was. Tell it: hub offer correct, or hub offer info")
