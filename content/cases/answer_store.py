"""What stands behind a sent answer: who wrote it, out of which drafts, and what it cites."""

import json
from dataclasses import asdict, dataclass

import sqlite_utils

from content.cases.citation import Citation
from content.cases.vault import RecordKey


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """
    For the people of this hub only, but for the citations.

    authors: everybody who wrote at it. drafts: id and revision of each that went in.
    approved_by: who approved one of these drafts.
    """

    authors: tuple[str, ...] = ()
    drafts: tuple[tuple[str, int], ...] = ()
    approved_by: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class AnswerStore:
    """The SQL of these records; inside the caller's transaction. key: of the case."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, case_id: str, message_id: str, record: AnswerRecord, key: RecordKey) -> None:
        """Keep what stands behind the answer that the message is."""
        text = json.dumps(asdict(record), ensure_ascii=False)
        self._db.execute(
            "insert into case_answers (message_id, case_id, record) values (?, ?, ?)",
            (message_id, case_id, key.encrypt(f"answer/{message_id}", text)),
        )

    def of(self, case_id: str, key: RecordKey) -> dict[str, AnswerRecord]:
        """Return the records of a case by the id of the message."""
        rows = self._db.execute(
            "select message_id, record from case_answers where case_id = ?", (case_id,)
        )
        return {
            message_id: _read(key.decrypt(f"answer/{message_id}", record))
            for message_id, record in rows.fetchall()
        }


def _read(text: str) -> AnswerRecord:
    stored = json.loads(text)
    return AnswerRecord(
        authors=tuple(stored["authors"]),
        drafts=tuple((draft, revision) for draft, revision in stored["drafts"]),
        approved_by=tuple(stored["approved_by"]),
        citations=tuple(Citation(**each) for each in stored["citations"]),
    )
