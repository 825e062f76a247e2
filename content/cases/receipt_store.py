"""
The SQL of receipts and of the codes with which requesters come back.

Of a code only an HMAC under the hub key is kept. Wrong, mistyped and missing codes are one and the
same refusal, and cost the same look into one index.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import sqlite_utils

from content.cases.receipt_code import ReceiptCodeMistyped, new_receipt_code, read_receipt_code
from content.cases.store import CaseStore
from content.cases.vault import CaseVault
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.times import from_text_or_none, to_text

_CODE: Final = "receipt code"
_FILING: Final = "filing"
REPEATED_WITHIN: Final = timedelta(hours=24)
"""How long a filing is known again by its idempotency key."""


class RequestNotFound(ContentError):
    """No request belongs to the code that was shown, if any was."""

    code: ClassVar[str] = "request-not-found"

    def __init__(self) -> None:
        super().__init__("There is no request with this receipt code.")


class FilingDiffers(ContentError):
    """Another request was filed with this idempotency key."""

    code: ClassVar[str] = "filing-differs"

    def __init__(self) -> None:
        super().__init__(
            "Another request was filed with this Idempotency-Key. Use a new key for a new request."
        )


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it was handed out, and the salt of its digests."""

    receipt: dict[str, Any] = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeOpens:
    """What a code opens. bodies: ids of redress bodies, if the case was redirected."""

    case_id: str
    bodies: tuple[str, ...] | None = None
    ends_at: datetime | None = None


class ReceiptStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def issue(self, case_id: str, act: Act, chance: Chance) -> str:
        """Return a new code for a case, as it is shown; one that it had before opens no more."""
        code = new_receipt_code(chance)
        self._db.execute("delete from receipt_codes where opens = ?", (case_id,))
        self._db.execute(
            "insert into receipt_codes (mark, opens, issued_at) values (?, ?, ?)",
            (self._mark(read_receipt_code(code)), case_id, to_text(act.at)),
        )
        ChangeStore(self._db).record(act, "receipt.issue", case_id)
        return code

    def opened_by(self, typed: str) -> CodeOpens:
        """Return what a code opens, as somebody typed it. Raises RequestNotFound."""
        try:
            signs = read_receipt_code(typed)
        except ReceiptCodeMistyped:
            signs = ""  # looked for all the same: no answer tells mistyped from wrong
        row = self._db.execute(
            "select opens, bodies, ends_at from receipt_codes where mark = ?", (self._mark(signs),)
        ).fetchone()
        if row is None:
            raise RequestNotFound
        bodies = None if row[1] is None else tuple(json.loads(row[1]))
        return CodeOpens(row[0], bodies, from_text_or_none(row[2]))

    def redirect(self, case_id: str, bodies: tuple[str, ...], until: datetime, act: Act) -> None:
        """Let the code of a case show these bodies from now on, until then."""
        self._db.execute(
            "update receipt_codes set bodies = ?, ends_at = ? where opens = ?",
            (json.dumps(bodies), to_text(until), case_id),
        )
        ChangeStore(self._db).record(act, "case.redirect", case_id)

    def keep(self, case_id: str, kept: KeptReceipt) -> None:
        """Keep a receipt beside its case. Raises CaseNotFound, CaseErased."""
        key = CaseStore(self._db, self._vault).open_key(case_id)
        text = json.dumps({"receipt": kept.receipt, "salt": kept.salt.hex()})
        self._db.execute(
            "insert into case_receipts (case_id, details) values (?, ?)",
            (case_id, key.encrypt("receipt", text)),
        )

    def receipt_of(self, case_id: str) -> KeptReceipt:
        """Return the receipt of a case. Raises RequestNotFound without one, CaseErased."""
        key = CaseStore(self._db, self._vault).open_key(case_id)
        row = self._db.execute(
            "select details from case_receipts where case_id = ?", (case_id,)
        ).fetchone()
        if row is None:
            raise RequestNotFound
        told = json.loads(key.decrypt("receipt", row[0]))
        return KeptReceipt(told["receipt"], bytes.fromhex(told["salt"]))

    def answered(self, idempotency_key: str, request: bytes) -> str | None:
        """
        Return what was answered to this filing before, None if it is new.

        request: digest of what was filed. Raises FilingDiffers.
        """
        mark = self._vault.mark_of(_FILING, idempotency_key.encode())
        row = self._db.execute(
            "select request, answer from filings where mark = ?", (mark,)
        ).fetchone()
        if row is None:
            return None
        if bytes(row[0]) != self._vault.mark_of(_FILING, idempotency_key.encode(), request):
            raise FilingDiffers
        key = self._vault.key_of(_FILING, idempotency_key.encode(), request)
        return key.decrypt("answer", row[1])

    def remember(self, idempotency_key: str, request: bytes, answer: str, at: datetime) -> None:
        """Keep what was answered, encrypted so that only key and request together open it."""
        key = self._vault.key_of(_FILING, idempotency_key.encode(), request)
        self._db.execute(
            "insert into filings (mark, request, answer, filed_at) values (?, ?, ?, ?)",
            (
                self._vault.mark_of(_FILING, idempotency_key.encode()),
                self._vault.mark_of(_FILING, idempotency_key.encode(), request),
                key.encrypt("answer", answer),
                to_text(at),
            ),
        )

    def forget_old(self, now: datetime) -> None:
        """Drop what need not be known any longer: repeated filings, and redirections."""
        before = to_text(now - REPEATED_WITHIN)
        self._db.execute("delete from filings where filed_at < ?", (before,))
        self._db.execute(
            "delete from receipt_codes where ends_at is not null and ends_at < ?", (to_text(now),)
        )

    def _mark(self, signs: str) -> bytes:
        return self._vault.mark_of(_CODE, signs.encode())
