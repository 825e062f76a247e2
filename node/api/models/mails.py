"""Mails on their way, as the API shows them to operators: whom they are for, never an address."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from node.api.routes import Answer, Query


class MailsQuery(Query):
    """How many of each."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50


class LetterAnswer(Answer):
    """One mail. to, to_id: a user by name, requester by case, sender by mail, expert by link."""

    number: int
    to: Literal["user", "case", "mail", "expert"]
    to_id: str
    about: list[str]
    attempts: int
    since: datetime
    reason: str


class MailsAnswer(Answer):
    """How mails are sent, and how that goes. unconfirmed: mails that came, to be confirmed."""

    sender: str
    smtp_host: str
    imap_host: str
    counts: dict[str, int]
    unconfirmed: int
    failed: list[LetterAnswer]
    waiting: list[LetterAnswer]
