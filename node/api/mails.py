"""Mails on their way: how many, what failed, and trying again. No address, no word of a case."""

import sqlite_utils

from content.changes import ChangeStore
from content.mail.queue import MailLetter, MailQueue
from content.mail.unconfirmed import UnconfirmedStore
from content.people.permissions import Right
from node.api.models.mails import LetterAnswer, MailsAnswer, MailsQuery
from node.api.operating import SUBJECT, number_of
from node.api.routes import ApiRoute, Call


async def show_mails(call: Call) -> MailsAnswer:
    """Return how mails are sent, what failed, and what waits."""
    query: MailsQuery = call.query
    settings = call.settings

    def look(db: sqlite_utils.Database) -> MailsAnswer:
        queue = MailQueue(db)
        return MailsAnswer(
            sender=settings.mail_sender,
            smtp_host=settings.smtp_host,
            imap_host=settings.imap_host,
            counts=queue.count(),
            unconfirmed=UnconfirmedStore(db, call.hub.vault).count(),
            failed=[_answer(each) for each in queue.list("failed", query.limit)],
            waiting=[_answer(each) for each in queue.list("waiting", query.limit)],
        )

    return await call.read(look)


async def retry_mail(call: Call) -> None:
    """Send a failed mail again."""
    number, act = number_of(call), call.act()

    def work(db: sqlite_utils.Database) -> None:
        MailQueue(db).retry(number, act.at)
        ChangeStore(db).record(act, "mail.retry", str(number))

    await call.write(work)


async def drop_mail(call: Call) -> None:
    """Give a failed mail up. The case is not touched."""
    number, act = number_of(call), call.act()

    def work(db: sqlite_utils.Database) -> None:
        MailQueue(db).drop(number)
        ChangeStore(db).record(act, "mail.drop", str(number))

    await call.write(work)


def _answer(letter: MailLetter) -> LetterAnswer:
    return LetterAnswer(
        number=letter.id,
        to=letter.recipient.what,
        to_id=letter.recipient.id,
        about=[kind.value for kind, _ in letter.told],
        attempts=letter.attempts,
        since=letter.made_at,
        reason=letter.reason,
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/mails",
        show_mails,
        "Mails: how, failed, waiting",
        SUBJECT,
        MailsAnswer,
        right=Right.OPERATE,
        query=MailsQuery,
    ),
    ApiRoute(
        "POST",
        "/mails/{number}/retry",
        retry_mail,
        "Send a failed mail again",
        SUBJECT,
        None,
        right=Right.OPERATE,
        status=204,
    ),
    ApiRoute(
        "POST",
        "/mails/{number}/drop",
        drop_mail,
        "Give a failed mail up",
        SUBJECT,
        None,
        right=Right.OPERATE,
        status=204,
    ),
)
