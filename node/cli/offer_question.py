"""The commands for a question of another hub to our requester: forward it, pass the reply on."""

from datetime import date

import click

from content.people.permissions import Right
from federation.escalation.asking_back import (
    NothingAsked,
    OpenQuestion,
    forward_question,
    open_question,
    pass_reply_on,
    reply_in_words,
)
from federation.escalation.escalation import Escalation
from federation.escalation.handing_on import propose_hub
from federation.escalation.reading import get_escalation
from federation.escalation.scanning import Found, TracesFound
from node.cli.desk import desk
from node.cli.offer_output import plain_escalation
from node.cli.options import DAY, RECORD, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json, print_text, say, when


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option(
    "--text-file", type=TEXT_FILE, metavar="FILE", help="As edited; else in the hub's own words."
)
@click.option("--until", type=DAY, metavar="DATE", help="By which day a reply is hoped for.")
@click.option("--preview", is_flag=True, help="Show what was asked, and do nothing.")
@common
def forward(
    common: Common, escalation: str, text_file: str | None, until: date | None, preview: bool
) -> None:
    """
    Ask the requester what another hub asked about our case.

    The requester sees it as a question of this hub, and replies with their code. Look through the
    reply, then: hub offer pass-on ID

    \b
    Examples:
      hub offer forward 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --preview > ask.txt
      hub offer forward 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file ask.txt --until 2026-12-04
    """
    text = None if text_file is None else read_text(text_file, "the question")
    with desk(common, Right.ESCALATE) as at:
        if preview:
            found = at.read_noted(
                lambda db: open_question(db, at.hub, get_escalation(db, at.hub, escalation)),
                "escalation.read",
                escalation,
            )
            if found is None:
                raise NothingAsked
            print_json({"text": found.asked}) if common.json else say(found.asked)
            return
        done = at.write(
            lambda db: forward_question(db, at.hub, escalation, at.act, text=text, until=until)
        )
    _tell(common, done, "The requester has a question now.")


@click.command("pass-on")
@click.argument("escalation", type=RECORD, metavar="ID")
@click.option(
    "--text-file", type=TEXT_FILE, metavar="FILE", help="As edited; else in their own words."
)
@click.option("--preview", is_flag=True, help="Show what would leave, and do nothing.")
@click.option("--confirm", is_flag=True, help="What was found in it has been looked at, and stays.")
@common
def pass_on(
    common: Common, escalation: str, text_file: str | None, preview: bool, confirm: bool
) -> None:
    """
    Pass the requester's reply on to the hub that asked.

    It is looked through for mail addresses, phone and other numbers and the requester's name; what
    is found has to be taken out or confirmed.

    \b
    Examples:
      hub offer pass-on 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --preview > info.txt
      hub offer pass-on 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --text-file info.txt
    """
    text = None if text_file is None else read_text(text_file, "the information")
    with desk(common, Right.ESCALATE) as at:
        if preview:
            replied, found = at.read_noted(
                lambda db: reply_in_words(db, at.hub, escalation), "escalation.read", escalation
            )
            if common.json:
                plain = [{"trace": each.what, "text": each.text} for each in found]
                print_json({"text": replied, "findings": plain})
                return
            say(replied)
            _tell_of(found)
            return
        try:
            done = at.write(
                lambda db: pass_reply_on(
                    db, at.hub, escalation, at.act, text=text, confirmed=confirm
                )
            )
        except TracesFound as error:
            _tell_of(error.found)
            raise
    _tell(common, done, f"{done.peer} is told.")


@click.command()
@click.argument("escalation", type=RECORD, metavar="ID")
@click.argument("hub", metavar="HUB")
@click.option(
    "--reason-file", type=TEXT_FILE, default="-", metavar="FILE", help="Why. Without it: stdin."
)
@common
def propose(common: Common, escalation: str, hub: str, reason_file: str) -> None:
    """
    Propose to the hub that made an offer that a third hub takes it on.

    Nothing goes to the third hub. The origin asks the requester, and either offers the case there
    itself, when our copy is destroyed, or tells us to go on.

    \b
    Example:
      hub offer propose 01KAT3Q8T6W3Y6M0S0V4N8Z2XH rights.sofia.example --reason-file why.txt
    """
    reason = read_text(reason_file, "the reason")
    with desk(common, Right.ESCALATE) as at:
        done = at.write(lambda db: propose_hub(db, at.hub, escalation, hub, reason, at.act))
    _tell(common, done, f"{done.peer} is asked.")


def print_question(escalation: Escalation, question: OpenQuestion | None) -> None:
    """Print what the other hub waits for, and which step is next."""
    if question is None:
        return
    asked = "" if question.passed_on_at is None else f", requester {when(question.passed_on_at)}"
    print_text(f"Open question, asked {when(question.asked_at)}{asked}", question.asked)
    for reply in question.replies:
        print_text("The requester's reply", reply)
    step = "forward" if question.passed_on_at is None else "pass-on"
    if question.passed_on_at is None or question.replies:
        say(f"\nNext: hub offer {step} {escalation.id} --preview")


def _tell(common: Common, done: Escalation, what: str) -> None:
    if common.json:
        print_json(plain_escalation(done))
        return
    say(f"Escalation {done.id} is {done.state}. {what}")


def _tell_of(found: tuple[Found, ...]) -> None:
    for each in found:
        note(f"  {each.what}: {each.text}")
