"""The SQL of drafts: versions, remarks, and the record of a sent answer."""

import json
from datetime import datetime
from typing import Any

import sqlite_utils

from content.cases.case import CaseInvalid
from content.cases.drafts import (
    Draft,
    DraftChangedMeanwhile,
    DraftContent,
    DraftNotFound,
    DraftRemark,
    DraftState,
    DraftVersion,
    OwnDraft,
    RemarkKind,
    Written,
)
from content.cases.store import CaseStore
from content.cases.vault import CaseVault, RecordKey
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.ids import new_id
from content.people.notices import PersonNoticeKind, PersonNoticeStore
from content.times import from_text, to_text

MOST_DRAFTS = 100
LONGEST_REMARK = 16 * 1024


class DraftStore:
    """
    Works on an open database inside the caller's transaction; never begins or commits one.

    Whether somebody may see the case is asked before. Raises as `CaseStore.get` everywhere.
    """

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._cases = CaseStore(db, vault)

    def begin(self, case_id: str, content: DraftContent, act: Act, chance: Chance) -> Draft:
        """Store a new draft; the others on the case are told. Raises CaseEnded, CaseInvalid."""
        case = self._cases.get(case_id).going_on()
        (count,) = self._db.execute(
            "select count(*) from case_drafts where case_id = ?", (case_id,)
        ).fetchone()
        if count >= MOST_DRAFTS:
            raise CaseInvalid((("draft", f"a case has at most {MOST_DRAFTS} drafts."),))
        draft_id = new_id(act.at, chance)
        self._db.execute(
            "insert into case_drafts (id, case_id, author, revision, state, created_at, updated_at)"
            " values (?, ?, ?, 1, 'open', ?, ?)",
            (draft_id, case_id, act.by, to_text(act.at), to_text(act.at)),
        )
        self._save(case_id, draft_id, 1, content, act)
        ChangeStore(self._db).record(act, "case.draft", case_id, f"{draft_id} revision 1")
        self._tell(PersonNoticeKind.DRAFT, case_id, case.assigned_to, draft_id, act)
        return self.get(case_id, draft_id)

    def write(
        self,
        case_id: str,
        draft_id: str,
        read: int,
        content: DraftContent,
        act: Act,
        chance: Chance,
    ) -> Written:
        """
        Save a new version over the one that was read.

        read: its revision. If somebody else saved meanwhile, the text becomes a draft of its own
        and `conflict` says so: commit, then raise it. Raises DraftNotFound, DraftClosed, CaseEnded.
        """
        case = self._cases.get(case_id).going_on()
        before = self.get(case_id, draft_id).still_open()
        if read != before.revision:
            last = self.versions(case_id, draft_id)[-1]
            beside = self.begin(case_id, content, act, chance)
            conflict = DraftChangedMeanwhile(draft_id, last.revision, last.by, beside.id)
            return Written(beside, conflict)
        revision = before.revision + 1
        self._save(case_id, draft_id, revision, content, act)
        self._set(draft_id, act, revision=revision)
        note = f"{draft_id} revision {revision}"
        ChangeStore(self._db).record(act, "case.draft", case_id, note)
        about = f"{draft_id}/{revision}"
        people = (*before.written_by, *case.assigned_to)
        self._tell(PersonNoticeKind.DRAFT, case_id, people, about, act)
        return Written(self.get(case_id, draft_id))

    def remark(
        self, case_id: str, draft_id: str, kind: RemarkKind, text: str, act: Act, *, read: int
    ) -> Draft:
        """
        Comment on the version that was read, or approve it; its writers are told.

        Raises DraftNotFound, DraftClosed, CaseInvalid; of approvals also OwnDraft, and
        DraftChangedMeanwhile unless that version is the newest.
        """
        draft = self.get(case_id, draft_id).still_open()
        versions = {version.revision: version for version in self.versions(case_id, draft_id)}
        text = text.strip()
        if kind is RemarkKind.COMMENT and not text:
            raise CaseInvalid((("text", "is missing."),))
        if read not in versions or len(text.encode()) > LONGEST_REMARK:
            what = (
                ("revision", "is none of this draft.")
                if read not in versions
                else ("text", f"must have at most {LONGEST_REMARK // 1024} KiB.")
            )
            raise CaseInvalid((what,))
        if kind is RemarkKind.APPROVAL:
            last = versions[draft.revision]
            if read != draft.revision:
                raise DraftChangedMeanwhile(draft_id, last.revision, last.by, None)
            if last.by == act.by:
                raise OwnDraft
            if act.by in draft.approved_by:
                return draft
        key = self._cases.open_key(case_id)
        (number,) = self._db.execute(
            "select coalesce(max(seq), 0) + 1 from case_draft_remarks"
        ).fetchone()
        self._db.execute(
            "insert into case_draft_remarks (seq, draft_id, case_id, revision, kind, by, at, text)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, draft_id, case_id, read, kind.value, act.by, to_text(act.at)),
                key.encrypt(f"remark/{draft_id}/{number}", text) if text else None,
            ),
        )
        note = f"{draft_id} revision {read}"
        ChangeStore(self._db).record(act, f"case.draft-{kind.value}", case_id, note)
        self._tell(PersonNoticeKind.REMARK, case_id, draft.written_by, f"{draft_id}/{number}", act)
        return self.get(case_id, draft_id)

    def drop(self, case_id: str, draft_id: str, act: Act) -> Draft:
        """Put a draft aside; it stays readable. Raises DraftNotFound, DraftClosed."""
        self.get(case_id, draft_id).still_open()
        self._set(draft_id, act, state=DraftState.DROPPED)
        ChangeStore(self._db).record(act, "case.draft-drop", case_id, draft_id)
        return self.get(case_id, draft_id)

    def merge(self, draft: Draft, act: Act) -> None:
        """Note that a draft is part of an answer."""
        self._set(draft.id, act, state=DraftState.MERGED)

    def get(self, case_id: str, draft_id: str) -> Draft:
        """Return a draft of that case in any state. Raises DraftNotFound."""
        found = [draft for draft in self.of(case_id) if draft.id == draft_id]
        if not found:
            raise DraftNotFound(draft_id)
        return found[0]

    def of(self, case_id: str, state: DraftState | None = None) -> tuple[Draft, ...]:
        """Return the drafts of a case in the order in which they were begun."""
        key = self._cases.open_key(case_id)
        rows = self._db.execute(
            "select id, author, revision, state, created_at, updated_at from case_drafts"
            " where case_id = ? order by id",
            (case_id,),
        ).fetchall()
        remarks = self._remarks(case_id, key)
        drafts = tuple(self._draft(case_id, key, row, remarks) for row in rows)
        return tuple(draft for draft in drafts if state in (None, draft.state))

    def versions(self, case_id: str, draft_id: str) -> tuple[DraftVersion, ...]:
        """Return all versions of a draft, the oldest first. Raises DraftNotFound."""
        key = self._cases.open_key(case_id)
        rows = self._db.execute(
            "select revision, by, at, content from case_draft_versions"
            " where case_id = ? and draft_id = ? order by revision",
            (case_id, draft_id),
        ).fetchall()
        if not rows:
            raise DraftNotFound(draft_id)
        return tuple(
            DraftVersion(
                revision=revision,
                by=by,
                at=from_text(at),
                **_opened(key, draft_id, revision, content),
            )
            for revision, by, at, content in rows
        )

    def _save(
        self, case_id: str, draft_id: str, revision: int, content: DraftContent, act: Act
    ) -> None:
        key = self._cases.open_key(case_id)
        stored = key.encrypt(f"draft/{draft_id}/{revision}", content.model_dump_json())
        self._db.execute(
            "insert into case_draft_versions (draft_id, revision, case_id, by, at, content)"
            " values (?, ?, ?, ?, ?, ?)",
            (draft_id, revision, case_id, act.by, to_text(act.at), stored),
        )

    def _set(self, draft_id: str, act: Act, **values: Any) -> None:
        for name, value in values.items():
            self._db.execute(
                f"update case_drafts set {name} = ?, updated_at = ? where id = ?",  # noqa: S608
                (str(value) if isinstance(value, str) else value, to_text(act.at), draft_id),
            )

    def _tell(
        self, kind: PersonNoticeKind, case_id: str, users: tuple[str, ...], about: str, act: Act
    ) -> None:
        others = [user for user in dict.fromkeys(users) if user != act.by]
        PersonNoticeStore(self._db).tell(others, kind, case_id, act.at, about=about)

    def _draft(
        self, case_id: str, key: RecordKey, row: tuple[Any, ...], remarks: tuple[DraftRemark, ...]
    ) -> Draft:
        draft_id, author, revision, state, created_at, updated_at = row
        own = tuple(remark for remark in remarks if remark.draft_id == draft_id)
        written = self._db.execute(
            "select by, revision, content from case_draft_versions where draft_id = ?"
            " order by revision",
            (draft_id,),
        ).fetchall()
        approvals = (r.by for r in own if r.kind is RemarkKind.APPROVAL and r.revision == revision)
        return Draft(
            id=draft_id,
            case_id=case_id,
            author=author,
            revision=revision,
            state=DraftState(state),
            created_at=from_text(created_at),
            updated_at=from_text(updated_at),
            written_by=tuple(dict.fromkeys(by for by, _, _ in written)),
            approved_by=tuple(dict.fromkeys(approvals)),
            remarks=own,
            **_opened(key, draft_id, revision, written[-1][2]),
        )

    def _remarks(self, case_id: str, key: RecordKey) -> tuple[DraftRemark, ...]:
        rows = self._db.execute(
            "select seq, draft_id, revision, kind, by, at, text from case_draft_remarks"
            " where case_id = ? order by seq",
            (case_id,),
        )
        return tuple(
            DraftRemark(
                draft_id=draft_id,
                revision=revision,
                kind=RemarkKind(kind),
                by=by,
                at=from_text(at),
                text="" if text is None else key.decrypt(f"remark/{draft_id}/{seq}", text),
            )
            for seq, draft_id, revision, kind, by, at, text in rows.fetchall()
        )


def _opened(key: RecordKey, draft_id: str, revision: int, content: bytes) -> dict[str, Any]:
    stored = json.loads(key.decrypt(f"draft/{draft_id}/{revision}", content))
    return {"text": stored["text"], "cites": tuple(stored["cites"])}


def versions_by(db: sqlite_utils.Database, user: str) -> list[tuple[str, str, int, datetime]]:
    """Return case, draft, number and time of each version that a user saved, oldest first."""
    rows = db.execute(
        "select case_id, draft_id, revision, at from case_draft_versions where by = ?"
        " order by at, draft_id, revision",
        (user,),
    )
    return [(case, draft, number, from_text(at)) for case, draft, number, at in rows.fetchall()]
