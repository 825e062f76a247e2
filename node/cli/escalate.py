"""`hub escalate`: offer a case to another hub, or to several."""

from datetime import date
from enum import StrEnum

import click
import sqlite_utils

from content.people.permissions import Right
from federation.escalation.copying import Edits, Part
from federation.escalation.escalation import Escalation
from federation.escalation.grounds import Ground
from federation.escalation.handing_on import hand_on
from federation.escalation.offering import preview_offer
from federation.escalation.preview import Preview
from federation.escalation.several import Asking, offer_to_several
from federation.policy import OnwardUse
from node.cli.desk import desk
from node.cli.offer_output import plain_escalation
from node.cli.options import DAY, RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import Column, note, print_json, print_table, say
from node.cli.preview_output import kept_places, plain_preview, print_preview


def _words(words: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([each.value for each in words])


@click.command()
@click.argument("case_id", type=RECORD, metavar="CASE")
@click.option(
    "--to",
    "peers",
    multiple=True,
    required=True,
    metavar="HUB",
    help="Host of an approved hub. Repeat to ask several at once, each on its own.",
)
@click.option("--due", type=DAY, metavar="DATE", help="Last day on which they decide, YYYY-MM-DD.")
@click.option(
    "--question-file",
    "--question",
    type=TEXT_FILE,
    metavar="FILE",
    help="First line a title, then the question, rewritten for outsiders.",
)
@click.option(
    "--context-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="About the project, rewritten for outsiders. What the case says about it stays here.",
)
@click.option("--jurisdiction", metavar="TEXT", default="", help="Only what is said here leaves.")
@click.option(
    "--leave-out", multiple=True, type=_words(Part), help="What stays here. Repeat for several."
)
@click.option(
    "--onward", type=_words(OnwardUse), help="May they hand it on? Else as the label allows."
)
@click.option(
    "--delete-by",
    type=DAY,
    metavar="DATE",
    help="Day by which they delete it. Else by the rule of this hub for copies.",
)
@click.option(
    "--ground", type=_words(Ground), help="What it rests on, where nobody noted a consent."
)
@click.option("--ground-reason", metavar="TEXT", default="", help="Why; it is kept in the case.")
@click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="SHA256",
    help="Offer only what had this SHA-256 in its preview; for several hubs one each, in order.",
)
@click.option(
    "--keep-found",
    multiple=True,
    metavar="PLACE=REASON",
    help="A found place may stay; with --expect. Repeat for each.",
)
@click.option(
    "--canonical", is_flag=True, help="With --preview: print the very bytes that leave, no more."
)
@click.option(
    "--instead-of",
    type=RECORD,
    metavar="ESCALATION",
    help="Hand it on: take it back from the hub of that escalation in the same moment.",
)
@click.option(
    "--attach", multiple=True, metavar="ID", help="A file of the case; its name stays here."
)
@click.option("--attach-named", multiple=True, metavar="ID", help="The same, with its name.")
@click.option("--preview", is_flag=True, help="Show exactly what would leave, and send nothing.")
@common
def command(
    common: Common,
    case_id: str,
    peers: tuple[str, ...],
    due: date | None,
    question_file: str | None,
    context_file: str | None,
    jurisdiction: str,
    leave_out: tuple[str, ...],
    onward: str | None,
    delete_by: date | None,
    ground: str | None,
    ground_reason: str,
    expected: tuple[str, ...],
    keep_found: tuple[str, ...],
    attach: tuple[str, ...],
    attach_named: tuple[str, ...],
    canonical: bool,
    instead_of: str | None,
    preview: bool,
) -> None:
    """
    Offer a case to another hub, sealed so that only that hub can read it.

    Only what --preview shows leaves: no name of the requester, no notes, no other case. What looks
    like personal data in it has to be taken out, or kept with a reason.

    Of several hubs all are asked or none: if one cannot be, nothing is sent and it says why. When
    one accepts, you are told which others are still asked.

    \b
    Example:
      hub escalate 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --to rights.amsterdam.example --preview
      hub escalate 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --to rights.amsterdam.example --due 2026-12-04
      hub escalate 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --to rights.sofia.example \\
          --instead-of 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
      hub escalate 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --to rights.amsterdam.example --to hub.sofia.example
    """
    if canonical and (not preview or len(peers) > 1):
        raise click.UsageError("--canonical goes with --preview, and with one hub.")
    if instead_of is not None and len(peers) > 1:
        raise click.UsageError("--instead-of hands it on to one hub; give one --to.")
    if expected and len(expected) != len(peers):
        raise click.UsageError(
            f"--expect: give {len(peers)}, one for each --to and in their order."
        )
    kept = kept_places(keep_found)
    title: str | None = None
    question: str | None = None
    if question_file is not None:
        title, _, rest = read_text(question_file, "the question").partition("\n")
        question = rest.strip() or title
    context = "" if context_file is None else read_text(context_file, "the context")
    with desk(common, Right.ESCALATE) as at:
        edits = Edits(
            due=due,
            attach=attach,
            attach_named=attach_named,
            title=title,
            question=question,
            context=context,
            jurisdiction=jurisdiction,
            leave_out=frozenset(Part(part) for part in leave_out),
            onward=None if onward is None else OnwardUse(onward),
            delete_by=delete_by,
            ground=None if ground is None else Ground(ground),
            ground_reason=ground_reason,
            kept_days=at.settings.periods.copy_days,
        )
        if preview:
            shown = at.read_noted(
                lambda db: [
                    preview_offer(db, at.hub, case_id, peer, at.act, edits) for peer in peers
                ],
                "case.preview",
                case_id,
            )
            _show(common, shown, canonical=canonical)
            return
        asked = [
            Asking(peer, expect)
            for peer, expect in zip(peers, expected or (None,) * len(peers), strict=True)
        ]

        def work(db: sqlite_utils.Database) -> tuple[Escalation, ...]:
            if instead_of is None:
                return offer_to_several(db, at.hub, case_id, asked, at.act, edits, kept=kept)
            [one] = asked
            escalation = hand_on(
                db,
                at.hub,
                instead_of,
                one.host,
                at.act,
                edits,
                case_id=case_id,
                expect=one.expect,
                kept=kept,
            )
            return (escalation,)

        escalations = at.write(work)
    if len(escalations) > 1:
        _tell_of_several(common, escalations)
        return
    [escalation] = escalations
    if common.json:
        print_json(plain_escalation(escalation))
        return
    say(f"Offered to {escalation.peer} until {escalation.due}: escalation {escalation.id}.")
    note(f"See how it goes: hub offer show {escalation.id}")


def _show(common: Common, shown: list[Preview], *, canonical: bool) -> None:
    if canonical:
        click.echo(shown[0].canonical, nl=False)
    elif common.json and len(shown) > 1:
        print_json({"items": [plain_preview(each) for each in shown]})
    elif common.json:
        print_json(plain_preview(shown[0]))
    else:
        for each in shown:
            print_preview(each)
    expect = " ".join(f"--expect {each.sha256}" for each in shown)
    note(f"Nothing was sent. To send exactly this: {expect}")


def _tell_of_several(common: Common, escalations: tuple[Escalation, ...]) -> None:
    if common.json:
        print_json({"items": [plain_escalation(each) for each in escalations]})
        return
    print_table(
        [Column("offered to", elastic=True), Column("until"), Column("escalation")],
        [(each.peer, each.due, each.id) for each in escalations],
    )
    note(
        "Each got a sealed offer of its own. When one accepts, the case says which others are still"
        " asked. See how it goes: hub offer list --out"
    )
