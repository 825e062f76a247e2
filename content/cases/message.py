"""One message in a case: between staff, with the requester, or with another hub."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from content.cases.case import CaseInvalid, LongText
from content.changes import Act
from content.validation import problems_of

_AUTHOR = re.compile(r"[a-z0-9._-]{1,64}|hub:[A-Za-z0-9.:\[\]-]{1,300}")


class MessageKind(StrEnum):
    """What a message is, and for whom."""

    NOTE = "note"
    """Among the staff of this hub only."""
    QUESTION = "question"
    """To the requester."""
    REPLY = "reply"
    """Of the requester."""
    ASK = "ask"
    """One hub asks the other about an escalation."""
    INFO = "info"
    """What was answered to an ask."""
    ANSWER = "answer"
    """The answer: to the requester, or with an escalation, from hub to hub."""
    EVENT = "event"
    """What happened, in words, such as that an escalation was accepted."""


_BETWEEN_HUBS = frozenset(
    {MessageKind.ASK, MessageKind.INFO, MessageKind.ANSWER, MessageKind.EVENT}
)


class CaseMessage(BaseModel):
    """
    A message; never changed after it is stored.

    author: a user name, "requester", "system", or "hub:HOST". escalation_id: the escalation in
    which it came or went; only ask, info, answer and event have one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str
    case_id: str
    kind: MessageKind
    author: str
    text: LongText
    at: datetime
    escalation_id: str | None = None

    @field_validator("author")
    @classmethod
    def _author_is_known_by_form(cls, author: str) -> str:
        if not _AUTHOR.fullmatch(author):
            raise ValueError("must be a user name, requester, system, or hub: and a host.")
        return author

    @model_validator(mode="after")
    def _escalation_fits_kind(self) -> "CaseMessage":
        if self.escalation_id is not None and self.kind not in _BETWEEN_HUBS:
            raise ValueError(f"a {self.kind.value} stays here and belongs to no escalation.")
        if self.escalation_id is None and self.kind in (MessageKind.ASK, MessageKind.INFO):
            raise ValueError(f"a message of kind {self.kind.value} needs an escalation.")
        return self

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the content."""
        return f"CaseMessage(id={self.id!r}, case_id={self.case_id!r}, kind={self.kind.value!r})"

    __str__ = __repr__


def read_message(values: Mapping[str, Any], act: Act, *, message_id: str) -> CaseMessage:
    """
    Return a message by act out of plain values: case_id, kind, text, escalation_id.

    Its author is who acts. Raises CaseInvalid.
    """
    try:
        return CaseMessage.model_validate(
            {"author": act.by, **values, "id": message_id, "at": act.at}
        )
    except ValidationError as error:
        raise CaseInvalid(problems_of(error, "message")) from None
