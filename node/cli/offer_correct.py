"""`hub offer correct`: one hub is told how its copy of a case of ours reads now."""

import click

from content.people.permissions import Right
from federation.escalation.correcting import correct_copy, preview_correction
from federation.escalation.reading import get_escalation
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
from node.cli.offer_output import plain_escalation
from node.cli.options import RECORD, Common, common
from node.cli.output import print_json, say
from node.cli.preview_output import kept_places


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@OUTSIDE
@OUTSIDE_CONTEXT
@OUTSIDE_STAYS
@PREVIEW
@EXPECT
@KEEP_FOUND
@common
def correct(
    common: Common,
    escalation: str,
    outside_file: str | None,
    outside_context_file: str | None,
    outside_stays: bool,
    preview: bool,
    expected: tuple[str, ...],
    keep_found: tuple[str, ...],
) -> None:
    """
    Send one hub how its copy of our case reads now, in place of what it has.

    What went there as it stood in the case follows the case. What went in words for outsiders is
    given anew, or said to be right as it is.

    \b
    Example:
      hub offer correct 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --outside-file outside.txt --preview
    """
    words = outside_words(outside_file, outside_context_file, stays=outside_stays)
    kept = kept_places(keep_found)
    with desk(common, Right.ESCALATE) as at:
        if preview:
            shown = at.read_noted(
                lambda db: preview_correction(
                    db, at.hub, get_escalation(db, at.hub, escalation), at.act, words
                ),
                "case.preview",
                escalation,
            )
            show_corrections(common, (shown,))
            return
        done = at.write(
            lambda db: correct_copy(
                db, at.hub, escalation, at.act, words, expect=expected, kept=kept
            )
        )
    if common.json:
        print_json(plain_escalation(done))
        return
    say(f"{done.peer} has, or is sent, how its copy reads now.")
