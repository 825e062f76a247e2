"""What a mail of the hub can be about. More than the kind is never said in one."""

from enum import StrEnum


class MailKind(StrEnum):
    """One reason to write to somebody."""

    REQUEST_RECEIVED = "request-received"
    """To caseworkers: a new request came in."""
    ASSIGNED = "assigned"
    """To a user: a case is theirs now."""
    REQUESTER_REPLIED = "requester-replied"
    ESCALATION_NEWS = "escalation-news"
    """To those who work on a case: the other hub asked or answered."""
    OFFER_ARRIVED = "offer-arrived"
    """To caseworkers: another hub offers a case."""
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    RETENTION = "retention"
    """To those who work on a case: it will be erased soon."""
    NEWS = "news"
    """To a requester who agreed to it: there is a question, an answer or an end."""
    CONFIRM = "confirm"
    """To the sender of a mail: here is the link that makes a request of it."""
    NOT_TAKEN = "not-taken"
    """To the sender of a mail that was too large or held nothing that can be read."""
    CONFIRM_LISTING = "confirm-listing"
    """To an expert: here is the link by which the listing is confirmed, paused or ended."""


FOR_STAFF = frozenset(MailKind) - {
    MailKind.NEWS,
    MailKind.CONFIRM,
    MailKind.NOT_TAKEN,
    MailKind.CONFIRM_LISTING,
}
"""What users of the hub are told, and can mute."""
