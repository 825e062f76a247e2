"""
A request as somebody types it: what stands in the fields, what is wrong, and what it would file.

It lives in the form alone: the preview carries it in fields that are not seen, and nothing is
stored before it is sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from content.cases.case import CaseContent, CaseInvalid, RequesterRole
from content.cases.request import (
    MOST_HOSTS,
    MayEscalate,
    OrganisationType,
    ProjectStage,
    Urgency,
    Wanted,
)
from content.chance import Chance
from content.labels import Label, Sensitivity
from content.mail.address import is_mail_address
from content.personal_data import Trace, find_traces
from content.vocabulary import Vocabulary
from federation.redirecting import GRIEVANCE
from node.api.requests import read_request
from node.web.form_files import SentForm

ONE: Final = (
    *("title", "question", "context", "stage", "request_type", "jurisdiction", "role"),
    *("organisation", "organisation_type", "country", "language", "deadline", "deadline_reason"),
    *("urgency", "sensitivity", "label", "escalate", "name", "contact"),
)
MANY: Final = ("topics", "wanted", "principles", "framework", "escalate_to")
TICKS: Final = (
    *("personal_matter", "share_name", "share_contact", "publish_lesson", "mail_notices"),
)
FRAMEWORK: Final = ("framework-foundations", "framework-structures", "framework-tools")
LABELS: Final = (Label.AMBER, Label.AMBER_STRICT, Label.RED)
"""What a requester can choose: a question is never published as it is."""
_KEY_BYTES: Final = 18
_KEY: Final = re.compile(f"[0-9a-f]{{{2 * _KEY_BYTES}}}")
_REQUESTER: Final = ("role", "name", "contact", "organisation", "organisation_type")
_CONSENTS: Final = (
    *("escalate", "escalate_to", "share_name", "share_contact", "publish_lesson", "mail_notices"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """
    What the form holds. one: text of each field; many: values that are chosen of a list.

    ticks: names of the boxes that are ticked. key: drawn for the empty form; what is sent twice
    with one key is filed once.
    """

    one: Mapping[str, str] = field(repr=False)
    many: Mapping[str, tuple[str, ...]] = field(repr=False)
    ticks: frozenset[str]
    key: str = field(repr=False)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Return name and value of everything, as the preview carries it."""
        return [
            *((name, text) for name, text in self.one.items() if text),
            *((name, value) for name, values in self.many.items() for value in values),
            *((name, "yes") for name in TICKS if name in self.ticks),
            ("key", self.key),
        ]

    def values(self) -> dict[str, Any]:
        """Return it as the API takes a request: empty fields are left out."""
        typed: dict[str, Any] = {name: text for name, text in self.one.items() if text}
        typed |= {name: values for name, values in self.many.items() if values}
        typed |= dict.fromkeys(self.ticks, True)
        if typed.get("sensitivity") == Sensitivity.SPECIAL and typed.get("label") == Label.AMBER:
            # Nobody lowers what is special by leaving the usual choice as it was.
            del typed["label"]
        requester = {name: typed.pop(name) for name in _REQUESTER if name in typed}
        consents = {name: typed.pop(name) for name in _CONSENTS if name in typed}
        return {**typed, "requester": requester, "consents": consents}

    def read(self, today: date) -> tuple[CaseContent | None, tuple[str, ...]]:
        """
        Return what would be filed, and the fields that need another look; one of the two is none.

        today: in the zone of the hub. Whoever calls this has asked `is_personal` before.
        """
        wrong: set[str] = set()
        content = None
        try:
            content, _ = read_request(self.values())
        except CaseInvalid as error:
            wrong |= {_field_of(place) for place, _ in error.problems}
        if _is_past(self.one["deadline"], today):
            wrong.add("deadline")
        if not self.one["sensitivity"]:
            wrong.add("sensitivity")
        if "mail_notices" in self.ticks and not is_mail_address(self.one["contact"]):
            wrong.add("contact")
        return (None if wrong else content), tuple(n for n in (*ONE, *MANY) if n in wrong)

    @property
    def is_personal(self) -> bool:
        """
        Return whether it says of itself that it is a resident's own matter, or a complaint.

        That needs no other field, so that nobody writes in vain.
        """
        own = "personal_matter" in self.ticks and self.one["role"] == RequesterRole.RESIDENT
        return own or self.one["request_type"] == GRIEVANCE

    def traces(self) -> tuple[Trace, ...]:
        """Return what in the free texts looks like data about people, each kind once."""
        texts = "\n".join(self.one[name] for name in ("title", "question", "context"))
        return tuple(dict.fromkeys(found.trace for found in find_traces(texts)))


def read_draft(form: SentForm, chance: Chance) -> Draft:
    """Return what was typed, as it was typed."""
    key = form.one("key")
    return Draft(
        key=key if _KEY.fullmatch(key) else new_key(chance),
        one={name: form.one(name) for name in ONE},
        many={name: form.all(name) for name in MANY},
        ticks=frozenset(name for name in TICKS if form.one(name) == "yes"),
    )


def new_key(chance: Chance) -> str:
    """Return the key of a new form."""
    return chance.bytes(_KEY_BYTES).hex()


def new_draft(*, key: str, language: str, country: str, topics: tuple[str, ...] = ()) -> Draft:
    """Return an empty form, with what most people here would choose."""
    usual = {
        "language": language,
        "country": country,
        "urgency": Urgency.NORMAL.value,
        "label": Label.AMBER.value,
        "escalate": MayEscalate.ASK.value,
    }
    known = Vocabulary.load().ids("topics")
    chosen = tuple(dict.fromkeys(topic for topic in topics if topic in known))
    return Draft(
        key=key,
        one={name: usual.get(name, "") for name in ONE},
        many={name: chosen if name == "topics" else () for name in MANY},
        ticks=frozenset(),
    )


def choices() -> dict[str, tuple[str, ...]]:
    """Return the values that can be chosen, by field, in the order of the form."""
    vocabulary = Vocabulary.load()
    return {
        "role": tuple(RequesterRole),
        "stage": tuple(ProjectStage),
        "wanted": tuple(Wanted),
        "urgency": tuple(Urgency),
        "organisation_type": tuple(OrganisationType),
        "escalate": tuple(MayEscalate),
        "label": LABELS,
        "sensitivity": (Sensitivity.NONE, Sensitivity.PERSONAL, Sensitivity.SPECIAL),
        "request_type": tuple(
            each for each in vocabulary.ids("request-types") if each != GRIEVANCE
        ),
        "principles": vocabulary.ids("principles"),
    }


def hosts_offered(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hubs that can be named for a copy, as many as a request may name."""
    return hosts[:MOST_HOSTS]


def _field_of(place: str) -> str:
    """Return the field of the form for a place in a request, such as requester.role."""
    parts = place.split(".")
    name = parts[1] if parts[0] in ("requester", "consents") and len(parts) > 1 else parts[0]
    return {"requester": "role", "consents": "escalate"}.get(name, name)


def _is_past(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) < today
    except ValueError:
        return False
