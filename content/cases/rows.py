"""Cases as rows: which columns are plain, and how they are written and read."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from content.cases.case import Case
from content.cases.request import Consents, Feedback, ProjectStage, Urgency, Wanted
from content.cases.status import CaseStatus
from content.labels import Label, Sensitivity
from content.times import from_text, from_text_or_none, to_text, to_text_or_none

PLAIN_NAMES = (
    "id",
    "revision",
    "status",
    "language",
    "country",
    "label",
    "sensitivity",
    "request_type",
    "stage",
    "urgency",
    "deadline",
    "escalated_from",
    "created_at",
    "updated_at",
    "closed_at",
    "feedback",
)
PLAIN = ", ".join(PLAIN_NAMES)

DETAILS = (
    "context",
    "principles",
    "framework",
    "wanted",
    "jurisdiction",
    "deadline_reason",
    "consents",
)
"""What is kept together in one encrypted text: nobody sorts or finds cases by it."""


def owner_of(case_id: str) -> str:
    """Return the name under which the vault knows a case."""
    return f"case/{case_id}"


def plain_row(case: Case) -> dict[str, Any]:
    """Return the columns that are not encrypted."""
    return {
        "id": case.id,
        "revision": case.revision,
        "status": case.status.value,
        "language": case.language,
        "country": case.country,
        "label": case.label.value,
        "sensitivity": case.sensitivity.value,
        "request_type": case.request_type,
        "stage": None if case.stage is None else case.stage.value,
        "urgency": case.urgency.value,
        "deadline": None if case.deadline is None else case.deadline.isoformat(),
        # Only found by, never shown from here: who asks is encrypted, the role too.
        "requester_role": case.requester.role.value,
        "escalated_from": case.escalated_from,
        "created_at": to_text(case.created_at),
        "updated_at": to_text(case.updated_at),
        "closed_at": to_text_or_none(case.closed_at),
        "feedback": None if case.feedback is None else case.feedback.value,
    }


def plain_fields(row: Sequence[Any]) -> dict[str, Any]:
    """Return the fields of a case out of the columns `PLAIN`."""
    fields = dict(zip(PLAIN_NAMES, row, strict=True))
    for moment in ("created_at", "updated_at"):
        fields[moment] = from_text(fields[moment])
    fields["status"] = CaseStatus(fields["status"])
    fields["label"] = Label(fields["label"])
    fields["sensitivity"] = Sensitivity(fields["sensitivity"])
    # Cases of earlier versions have none of these.
    fields["stage"] = None if fields["stage"] is None else ProjectStage(fields["stage"])
    fields["urgency"] = Urgency(fields["urgency"] or Urgency.NORMAL)
    deadline = fields["deadline"]
    fields["deadline"] = None if deadline is None else date.fromisoformat(deadline)
    fields["feedback"] = None if fields["feedback"] is None else Feedback(fields["feedback"])
    fields["closed_at"] = from_text_or_none(fields["closed_at"])
    return fields


def details_text(case: Case) -> str:
    """Return the fields `DETAILS` as the text that is encrypted."""
    return json.dumps(case.model_dump(mode="json", include=set(DETAILS)), ensure_ascii=False)


def details_fields(text: str | None) -> dict[str, Any]:
    """Return the fields out of what `details_text` wrote; none for a case of an earlier version."""
    if text is None:
        return {}
    stored = json.loads(text)
    fields = {name: stored[name] for name in DETAILS if name in stored}
    for name in ("principles", "framework"):
        fields[name] = tuple(fields.get(name, ()))
    fields["wanted"] = tuple(Wanted(each) for each in fields.get("wanted", ()))
    fields["consents"] = Consents.model_validate(fields.get("consents", {}))
    return fields
