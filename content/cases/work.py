"""
What people do with a case, each as one transaction's worth: triage, assign, ask, dates, the end.

Reasons are confidential: they are kept as notes in the case, and the record of changes says only
what was changed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

import sqlite_utils

from content.cases.assignments import AssignmentStore
from content.cases.case import Case, CaseInvalid, read_case_content
from content.cases.dues import Due, DueKind, DueStore, check_day, check_reason
from content.cases.message import CaseMessage, MessageKind, read_message
from content.cases.outcome import CLOSING, Outcome, OutcomeStore
from content.cases.reminding import people_on
from content.cases.request import Urgency
from content.cases.status import CaseStatus, CaseVerb
from content.cases.store import CaseStore
from content.cases.vault import CaseVault
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.experts.accounts import ExpertAccountStore
from content.ids import new_id
from content.labels import Label, Sensitivity
from content.people.notices import PersonNoticeKind, PersonNoticeStore

_LABELS = tuple(Label)
_SENSITIVITIES = tuple(Sensitivity)


class ReasonMissing(ContentError):
    """To open something up needs a reason, which is kept in the case."""

    code: ClassVar[str] = "reason-missing"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs a reason; it is kept in the case.")


class LabelOfOrigin(ContentError):
    """The case came from another hub, and only that hub may lower its label."""

    code: ClassVar[str] = "label-of-origin"

    def __init__(self) -> None:
        super().__init__(
            "This case came from another hub, and only that hub may lower its label. "
            "Raising it is possible."
        )


class CaseWork:
    """What one person does with cases now. Works inside the caller's transaction."""

    def __init__(
        self,
        db: sqlite_utils.Database,
        vault: CaseVault,
        chance: Chance,
        act: Act,
        today: date,
        *,
        due_days: Mapping[Urgency, int] | None = None,
    ) -> None:
        """
        Prepare to work.

        today: the day of the act in the time zone of the hub. due_days: within how many days
        from now the answer to a request is due that has no deadline; 0 for no day.
        """
        self._db = db
        self._chance = chance
        self._act = act
        self._today = today
        self._due_days = due_days or {}
        self._cases = CaseStore(db, vault)
        self._dues = DueStore(db)
        self._outcomes = OutcomeStore(db)

    def triage(self, case_id: str, changes: Mapping[str, Any], *, reason: str = "") -> Case:
        """
        Check a request and correct what was filed; a received case is in triage then.

        changes: fields of `CaseContent` by name, such as label, sensitivity, topics. A case with
        special data becomes tlp-red unless a label is given too. reason: needed to lower label or
        sensitivity. Raises CaseInvalid, ReasonMissing, LabelOfOrigin, CaseEnded, and as
        `CaseStore.get`.
        """
        before = self._cases.get(case_id)
        if changes:
            before = self._correct(before, changes, reason)
        if before.status is CaseStatus.RECEIVED:
            before = self._cases.move(case_id, CaseVerb.TRIAGE, self._act)
        self._default_due(before)
        return before

    def assign(self, case_id: str, names: tuple[str, ...], *, add: bool = False) -> Case:
        """
        Give a case to users, instead of those before or, with add, beside them.

        Raises CaseInvalid, UserNotFound, CannotBeAssigned, CaseMoveNotAllowed, and as `get`.
        """
        before = self._cases.get(case_id)
        wanted = (*before.assigned_to, *names) if add else names
        after = self._cases.assign(case_id, tuple(dict.fromkeys(wanted)), self._act)
        new = [n for n in after.assigned_to if n not in before.assigned_to and n != self._act.by]
        PersonNoticeStore(self._db).tell(
            new, PersonNoticeKind.ASSIGNED, case_id, self._act.at, about=str(after.revision)
        )
        self._default_due(after)
        return after

    def take(self, case_id: str, *, add: bool = False) -> Case:
        """Take a case over from those before or, with add, join them. Raises as `assign`."""
        return self.assign(case_id, (self._act.by,), add=add)

    def unassign(self, case_id: str, names: tuple[str, ...]) -> Case:
        """Take users off a case; without names, all. Raises CaseInvalid, CaseEnded, as `get`."""
        case = self._cases.get(case_id).going_on()
        gone = names or case.assigned_to
        if not gone or not set(gone) <= set(case.assigned_to):
            is_with = ", ".join(case.assigned_to) or "nobody"
            raise CaseInvalid((("users", f"the case is with {is_with}."),))
        left = tuple(name for name in case.assigned_to if name not in gone)
        note = f"no longer {', '.join(dict.fromkeys(gone))}"[:500]
        after = case.assigned(left, self._act)
        return self._cases.replace(after, self._act, "case.unassign", note)

    def accept(self, case_id: str, *, no_conflict: bool) -> None:
        """
        Take on a case that one was assigned to.

        no_conflict: what whoever acts declares about their interests in the matter. Raises
        NotAssigned, ConflictNotRuledOut, CaseEnded, as `get`.
        """
        self._cases.get(case_id).going_on()
        AssignmentStore(self._db).accept(case_id, self._act, no_conflict=no_conflict)

    def decline(self, case_id: str, reason: str) -> Case:
        """
        Decline a case that one was assigned to; those who remain, or all who may, are told.

        reason: a note in the case. Raises NotAssigned, ReasonMissing, CaseEnded, and as `get`.
        """
        if not reason.strip():
            raise ReasonMissing("To decline a case")
        case = self._cases.get(case_id).going_on()
        AssignmentStore(self._db).decline(case_id, self._act)
        self._say(case_id, MessageKind.NOTE, f"Declined: {reason.strip()}")
        left = tuple(name for name in case.assigned_to if name != self._act.by)
        after = self._cases.replace(
            case.assigned(left, self._act), self._act, "case.unassign", "declined"
        )
        PersonNoticeStore(self._db).tell(
            people_on(self._db, case_id),
            PersonNoticeKind.ASSIGNMENT_DECLINED,
            case_id,
            self._act.at,
            about=f"{self._act.by}/{after.revision}",
        )
        return after

    def log_hours(self, case_id: str, hours: float, day: date | None = None) -> None:
        """
        Note how long one worked on a case. day: else today. It counts for their listing, too.

        Raises NotAssigned, WorkedHoursWrong, HoursInvalid, and as `get`.
        """
        self._cases.get(case_id)
        on = self._today if day is None else day
        AssignmentStore(self._db).log(case_id, hours, on, self._today, self._act)
        ExpertAccountStore(self._db).count(self._act.by, hours, on, self._act)

    def note(self, case_id: str, text: str) -> None:
        """Leave a note that only staff and assigned experts see. Raises CaseInvalid."""
        self._say(case_id, MessageKind.NOTE, text)

    def ask(self, case_id: str, text: str, *, until: date | None = None) -> Case:
        """
        Ask the requester; the case waits for them. until: the day by which a reply is hoped for.

        Raises CaseMoveNotAllowed, CaseInvalid, DueDayWrong.
        """
        case = self._cases.move(case_id, CaseVerb.ASK_REQUESTER, self._act)
        self._say(case_id, MessageKind.QUESTION, text)
        if until is not None:
            self._set_due(case_id, DueKind.REPLY, Due(check_day(until, self._today)))
        return case

    def note_reply(self, case_id: str, text: str) -> Case:
        """Note what the requester replied. Raises CaseMoveNotAllowed, CaseInvalid."""
        case = self._cases.move(case_id, CaseVerb.REQUESTER_REPLIED, self._act)
        self._say(case_id, MessageKind.REPLY, text, author="requester")
        return case

    def set_due(self, case_id: str, day: date | None, reason: str = "") -> Case:
        """
        Say by when the answer is due, or with None that no day is set.

        Raises DueDayWrong, CaseInvalid, CaseEnded, and as `get`.
        """
        case = self._cases.get(case_id).going_on()
        if day is None:
            if self._dues.drop(case_id, DueKind.ANSWER):
                ChangeStore(self._db).record(self._act, "case.due", case_id, "no day")
            return case
        due = Due(check_day(day, self._today), check_reason(reason))
        self._set_due(case_id, DueKind.ANSWER, due)
        return case

    def close(self, case_id: str, outcome: Outcome, note: str = "") -> Case:
        """
        End a case. note: for the people of this hub, kept in the case.

        Raises CaseMoveNotAllowed; CaseInvalid for an outcome that a person cannot close with.
        """
        if outcome not in CLOSING:
            raise CaseInvalid((("outcome", f"choose one of {', '.join(CLOSING)}."),))
        case = self._cases.move(case_id, CaseVerb.CLOSE, self._act, note=outcome.value)
        self._outcomes.put(case_id, outcome)
        self._dues.drop(case_id, DueKind.REPLY)
        if note.strip():
            self._say(case_id, MessageKind.NOTE, f"Closed as {outcome.value}: {note.strip()}")
        return case

    def withdraw(self, case_id: str) -> Case:
        """Note that the requester asks to stop. Raises CaseMoveNotAllowed."""
        case = self._cases.move(case_id, CaseVerb.WITHDRAW, self._act)
        self._outcomes.put(case_id, Outcome.WITHDRAWN)
        self._dues.drop(case_id, DueKind.REPLY)
        return case

    def reopen(self, case_id: str, reason: str) -> Case:
        """Work on a case again that was answered or closed. ReasonMissing, CaseMoveNotAllowed."""
        if not reason.strip():
            raise ReasonMissing("To reopen a case")
        case = self._cases.move(case_id, CaseVerb.REOPEN, self._act)
        self._outcomes.drop(case_id)
        self._say(case_id, MessageKind.NOTE, f"Reopened: {reason.strip()}")
        return case

    def _correct(self, case: Case, changes: Mapping[str, Any], reason: str) -> Case:
        filed = case.content().model_dump(mode="json")
        if changes.get("sensitivity") == Sensitivity.SPECIAL and "label" not in changes:
            changes = {**changes, "label": Label.RED.value}
        content = read_case_content({**filed, **changes})
        said = []
        for name, old, new, order in (
            ("label", case.label, content.label, _LABELS),
            ("sensitivity", case.sensitivity, content.sensitivity, _SENSITIVITIES),
        ):
            if old is new:
                continue
            said.append(f"{name} {old.value} to {new.value}")
            if order.index(new) < order.index(old):
                if name == "label" and case.escalated_from is not None:
                    raise LabelOfOrigin
                if not reason.strip():
                    raise ReasonMissing(f"To lower the {name}")
        others = sorted(
            name
            for name in changes
            if name not in ("label", "sensitivity")
            and getattr(case, name) != getattr(content, name)
        )
        if said:
            case = self._cases.replace(
                case.relabel(content.label, content.sensitivity, self._act),
                self._act,
                "case.label",
                "; ".join(said),
            )
            if reason.strip():
                self._say(case.id, MessageKind.NOTE, f"{'; '.join(said)}: {reason.strip()}")
        if others:
            case = self._cases.replace(
                case.change(content, self._act), self._act, "case.change", ", ".join(others)[:500]
            )
        return case

    def _default_due(self, case: Case) -> None:
        """Where no day is set: the deadline of the requester, else so many days by urgency."""
        days = self._due_days.get(case.urgency, 0)
        if self._dues.day(case.id, DueKind.ANSWER) is not None:
            return
        if case.deadline is not None and case.deadline >= self._today:
            self._set_due(case.id, DueKind.ANSWER, Due(case.deadline))
        elif days:
            self._set_due(case.id, DueKind.ANSWER, Due(self._today + timedelta(days=days)))

    def _set_due(self, case_id: str, kind: DueKind, due: Due) -> None:
        self._dues.put(case_id, kind, due, self._cases.open_key(case_id))
        ChangeStore(self._db).record(self._act, "case.due", case_id, f"{kind.value} by {due.day}")

    def _say(
        self, case_id: str, kind: MessageKind, text: str, *, author: str | None = None
    ) -> CaseMessage:
        values = {"case_id": case_id, "kind": kind, "text": text}
        if author is not None:
            values["author"] = author
        message = read_message(values, self._act, message_id=new_id(self._act.at, self._chance))
        self._cases.add_message(message, self._act)
        return message
