"""`hub mail`: who is told by mail that there is news, and requests that come by mail."""

import os
import sys

import click
import sqlite_utils

from content.changes import ChangeStore
from content.mail.queue import MailLetter, MailQueue
from content.mail.unconfirmed import UnconfirmedStore
from content.people.permissions import Right
from federation.mail_intake import Arrival
from node.cli.desk import desk
from node.cli.options import NUMBER, Common, common, limited
from node.cli.output import Column, note, print_fields, print_json, print_table, say, when
from node.cli.refusals import Refused, in_words
from node.mail.arriving import MOST_READ, take_arrived

TRY_AGAIN = os.EX_TEMPFAIL
"""What a mail server understands as: keep the mail, and come again later (sysexits.h)."""
_BECAME = {
    Arrival.WAITING: "The mail is kept for seven days. Its sender gets a link to confirm it.",
    Arrival.KNOWN: "The mail came before.",
    Arrival.TOO_MANY: "Its sender wrote too often today. Nothing is kept.",
    Arrival.NOT_TAKEN: "The mail is not taken: a program wrote it, or it is beyond the limits.",
}


@click.group()
def command() -> None:
    """
    Mails of the hub: they say that there is news, and never what.

    They are sent while the server runs, once smtp_host and mail_sender are set. Who is told
    what is changed with `hub user set`.
    """


@command.command()
@limited(50, 1000)
@common
def status(common: Common, limit: int) -> None:
    """
    Show how mails are sent, what failed, and what waits.

    \b
    Example:
      hub mail status
    """
    with desk(common, Right.OPERATE) as at:
        settings = at.settings
        counts = at.read(lambda db: MailQueue(db).count())
        counts["unconfirmed"] = at.read(lambda db: UnconfirmedStore(db, at.hub.vault).count())
        failed = at.read(lambda db: MailQueue(db).list("failed", limit))
        waiting = at.read(lambda db: MailQueue(db).list("waiting", limit))
    if common.json:
        print_json(
            {
                "sender": settings.mail_sender or None,
                "smtp_host": settings.smtp_host or None,
                "imap_host": settings.imap_host or None,
                "counts": counts,
                "items": [_answer(letter) for letter in (*failed, *waiting)],
            }
        )
        return
    server = f"{settings.smtp_host} ({settings.smtp_tls})" if settings.smtp_host else ""
    print_fields(
        [
            ("from", settings.mail_sender),
            ("sent by", server or "no server: set smtp_host and mail_sender in hub.toml"),
            ("mailbox", settings.imap_host and f"{settings.imap_folder} at {settings.imap_host}"),
            *((name, str(number)) for name, number in counts.items()),
        ]
    )
    if not failed and not waiting:
        return
    print_table(
        [
            Column("no", right=True),
            Column("to"),
            Column("about", elastic=True),
            Column("state"),
            Column("tries", right=True),
            Column("since"),
            Column("why", elastic=True),
        ],
        [
            (
                m.id,
                _to(m),
                ", ".join(kind.value for kind, _ in m.told),
                m.state,
                m.attempts,
                when(m.made_at),
                m.reason,
            )
            for m in (*failed, *waiting)
        ],
    )
    if failed:
        note("Send a failed one again: hub mail retry NO   or give it up: hub mail drop NO")


@command.command()
@common
def receive(common: Common) -> None:
    """
    Take one mail on stdin, as a mail server pipes it. Its sender is sent a link to confirm it.

    Ends with 0 whenever it is decided what becomes of the mail, also if it is not taken, so that
    nothing bounces to somebody who never wrote; with 75 when the mail server should try again.

    \b
    Example:
      hub mail receive < mail.eml
    """
    raw = sys.stdin.buffer.read(MOST_READ)
    try:
        with desk(common, Right.CASES_WORK) as at:
            if not at.settings.smtp_host:
                raise Refused("Set smtp_host and mail_sender: the sender must be sent a link.")
            arrival = at.run(take_arrived(at.node, raw, at.settings.mail_sender))
    except Exception as error:
        words = in_words(error) or type(error).__name__
        note(f"Not now: {error.message if isinstance(error, Refused) else words}")
        raise SystemExit(TRY_AGAIN) from None
    if common.json:
        print_json({"outcome": arrival})
        return
    say(_BECAME[arrival])


@command.command()
@click.argument("number", type=NUMBER, metavar="NO")
@common
def retry(common: Common, number: int) -> None:
    """
    Send a failed mail again.

    \b
    Example:
      hub mail retry 17
    """
    with desk(common, Right.OPERATE) as at:

        def work(db: sqlite_utils.Database) -> None:
            MailQueue(db).retry(number, at.act.at)
            ChangeStore(db).record(at.act, "mail.retry", str(number))

        at.write(work)
    if common.json:
        print_json({"number": number, "done": "retry"})
        return
    say(f"Mail {number} is on its way again.")


@command.command()
@click.argument("number", type=NUMBER, metavar="NO")
@common
def drop(common: Common, number: int) -> None:
    """
    Give up a failed mail and take it off the list. The case is not touched.

    \b
    Example:
      hub mail drop 17
    """
    with desk(common, Right.OPERATE) as at:

        def work(db: sqlite_utils.Database) -> None:
            MailQueue(db).drop(number)
            ChangeStore(db).record(at.act, "mail.drop", str(number))

        at.write(work)
    if common.json:
        print_json({"number": number, "done": "drop"})
        return
    say(f"Mail {number} is given up.")


def _to(letter: MailLetter) -> str:
    """Return whom a letter is for as a person reads it, without the address."""
    words = {
        "user": "user",
        "case": "requester of",
        "mail": "sender of mail",
        "expert": "expert, by link",
    }
    return f"{words[letter.recipient.what]} {letter.recipient.id}"


def _answer(letter: MailLetter) -> dict[str, object]:
    return {
        "number": letter.id,
        "to": str(letter.recipient),
        "about": [kind for kind, _ in letter.told],
        "state": letter.state,
        "attempts": letter.attempts,
        "since": letter.made_at,
        "due": letter.due,
        "reason": letter.reason or None,
    }
