"""The commands about the requester of a case: receipt code, consents, and where else to turn."""

import click
import sqlite_utils

from content.cases.receipt_store import ReceiptStore
from content.cases.request import Consents, MayEscalate
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.redirecting import bodies_for, redirect_case
from federation.requesters import note_consents
from node.cli.desk import desk
from node.cli.options import RECORD, Common, common
from node.cli.output import note, print_json, say


@click.command("receipt")
@click.argument("case_id", type=RECORD, metavar="ID")
@common
def receipt(common: Common, case_id: str) -> None:
    """
    Give the requester a new receipt code, when the old one is lost; the old one opens no more.

    Be sure first that it is the requester who asks for it.

    \b
    Example:
      hub case receipt 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.CASES_WORK) as at:

        def work(db: sqlite_utils.Database) -> str:
            CaseStore(db, at.hub.vault).open_key(case_id)
            return ReceiptStore(db, at.hub.vault).issue(case_id, at.act, at.hub.chance)

        code = at.write(work)
    if common.json:
        print_json({"id": case_id, "code": code})
        return
    say(f"Receipt code for the requester, shown this once: {code}")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option(
    "--escalate",
    type=click.Choice([each.value for each in MayEscalate]),
    help="May a copy without names go to another hub?",
)
@click.option("--to", "hosts", multiple=True, metavar="HOST", help="Only to these hubs.")
@click.option("--share-name/--no-share-name", default=None, help="May their name be told there?")
@click.option("--share-contact/--no-share-contact", default=None, help="And how to reach them?")
@click.option("--publish-lesson/--no-publish-lesson", default=None, help="May it be a lesson?")
@common
def consent(
    common: Common,
    case_id: str,
    escalate: str | None,
    hosts: tuple[str, ...],
    share_name: bool | None,
    share_contact: bool | None,
    publish_lesson: bool | None,
) -> None:
    """
    Note what the requester agrees to, for instance on the phone. What is not named stays.

    \b
    Example:
      hub case consent 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --escalate yes --to hub.example
    """
    told = {
        "escalate": escalate,
        "escalate_to": hosts or (() if escalate else None),
        "share_name": share_name,
        "share_contact": share_contact,
        "publish_lesson": publish_lesson,
    }
    told = {name: value for name, value in told.items() if value is not None}
    if not told:
        raise click.UsageError("Say what they agree to, such as --escalate yes.")
    with desk(common, Right.CASES_WORK) as at:

        def work(db: sqlite_utils.Database) -> Consents:
            case = CaseStore(db, at.hub.vault).get(case_id)
            agreed = Consents.model_validate({**case.consents.model_dump(), **told})
            note_consents(db, at.hub, case, agreed, at.act)
            return agreed

        agreed = at.write(work)
    if common.json:
        print_json({"id": case_id, "consents": agreed})
        return
    say(f"Noted for case {case_id}.")


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.option("--body", "named", multiple=True, metavar="BODY", help="Only these of the list.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def redirect(common: Common, case_id: str, named: tuple[str, ...], yes: bool) -> None:
    """
    Redirect a personal matter to those who can help, and erase it here.

    With the receipt code the requester sees these bodies for 90 days; of the case only its dates
    stay. Without --body: those of its country and topics in hub redress list.

    \b
    Example:
      hub case redirect 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --body nl-no
    """
    with desk(common, Right.CASES_WORK) as at:
        bodies = at.read(lambda db: bodies_for(db, at.hub, case_id, named))
        for body in bodies if not common.json else ():
            note(f"  {body.id}: {body.name}, {body.url}")
        if not yes and not common.json:
            click.confirm("Erase the case, and show these instead?", abort=True, err=True)
        ids = tuple(body.id for body in bodies)
        at.write(lambda db: redirect_case(db, at.hub, case_id, ids, at.act))
        at.run(at.node.database.rewrite())
    if common.json:
        print_json({"id": case_id, "bodies": [body.id for body in bodies]})
        return
    say(f"Case {case_id} is erased; its requester is shown {len(bodies)} bodies.")
