"""
What an offer says, and on which terms: the copy of a case as both hubs hold it.

The origin makes it out of a case (copying.py), the receiver reads it out of a letter
(letter_reading.py), keeps it until somebody decides, and makes its own case of it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from content.cases.case import CaseContent, read_case_content
from federation.policy import OnwardUse


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """
    On which terms a copy goes to another hub.

    consent: what the requester agreed to, or what else it rests on, in words of the origin. ground:
    the same as a word of `grounds.Ground`. transfer: why data may go to the receiver's country, a
    word of `agreements.Transfer`. onward: may the receiver hand it on? delete_by: the day by which
    the receiver has destroyed it, whatever its own retention says. None, and an origin of an
    earlier version said nothing about it.
    """

    consent: str | None = None
    ground: str | None = None
    transfer: str | None = None
    onward: OnwardUse = OnwardUse.ASK
    delete_by: date | None = None

    def as_plain(self) -> dict[str, Any]:
        """Return the terms as JSON has them."""
        day = None if self.delete_by is None else self.delete_by.isoformat()
        return {
            "consent": self.consent,
            "ground": self.ground,
            "transfer": self.transfer,
            "onward": self.onward.value,
            "delete_by": day,
        }

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "OfferTerms":
        """Return the terms out of `as_plain`."""
        onward, delete_by = OnwardUse(plain["onward"]), _day(plain["delete_by"])
        return OfferTerms(**{**plain, "onward": onward, "delete_by": delete_by})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferText:
    """
    What an offer says, before anybody accepted it: all that ever left the origin.

    Words are ids of the vocabulary or of content/cases/request.py. due: last day on which the
    receiver decides; deadline: last day on which an answer is of use to the requester.
    """

    title: str = field(repr=False)
    question: str = field(repr=False)
    context: str = field(default="", repr=False)
    topics: tuple[str, ...]
    principles: tuple[str, ...] = ()
    framework: tuple[str, ...] = ()
    request_type: str | None = None
    wanted: tuple[str, ...] = ()
    stage: str | None = None
    urgency: str | None = None
    language: str
    country: str
    jurisdiction: str = field(default="", repr=False)
    requester_role: str
    organisation_type: str | None = None
    deadline: date | None = None
    label: str
    sensitivity: str
    due: date
    terms: OfferTerms = OfferTerms()

    def content(self) -> CaseContent:
        """Return what a case at the receiver says. Raises CaseInvalid."""
        return read_case_content(
            {
                "title": self.title,
                "question": self.question,
                "context": self.context,
                "topics": self.topics,
                "principles": self.principles,
                "framework": self.framework,
                "request_type": self.request_type,
                "wanted": self.wanted,
                "stage": self.stage,
                "language": self.language,
                "country": self.country,
                "jurisdiction": self.jurisdiction,
                "deadline": self.deadline,
                "requester": {
                    "role": self.requester_role,
                    "organisation_type": self.organisation_type,
                },
                "label": self.label,
                "sensitivity": self.sensitivity,
                **({} if self.urgency is None else {"urgency": self.urgency}),
            }
        )

    def as_plain(self) -> dict[str, Any]:
        """Return the offer as JSON has it."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "terms"}
        deadline = None if self.deadline is None else self.deadline.isoformat()
        days = {"due": self.due.isoformat(), "deadline": deadline}
        return {**plain, **days, "terms": self.terms.as_plain()}

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "OfferText":
        """Return the offer out of `as_plain`, also as an earlier version kept it."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in plain.items()
        }
        terms = OfferTerms.from_plain(plain["terms"]) if "terms" in plain else OfferTerms()
        due, deadline = _day(plain["due"]), _day(plain.get("deadline"))
        return OfferText(**{**values, "due": due, "deadline": deadline, "terms": terms})


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
