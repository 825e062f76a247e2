"""The mail addresses of this hub's experts, encrypted. They are in no listing and leave by none."""

from dataclasses import dataclass, field
from typing import ClassVar

import sqlite_utils

from content.cases.vault import CaseVault
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.experts.store import ExpertStore
from content.ids import new_id
from content.language import language_tag
from content.mail.address import mail_address


class ExpertContactInvalid(ContentError):
    """An address or a language that cannot be."""

    code: ClassVar[str] = "expert-contact-invalid"


@dataclass(frozen=True, slots=True)
class ExpertContact:
    """
    How an expert is written to. language: a tag, "" for that of the listing.

    asked: how often they were asked to confirm the listing since they last did.
    """

    expert_id: str
    address: str = field(repr=False)
    language: str = ""
    asked: int = 0


class ExpertContactStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def put(
        self, expert_id: str, address: str, act: Act, chance: Chance, *, language: str = ""
    ) -> ExpertContact:
        """Note how to write to an expert, in place of before. ExpertNotFound, ExpertGone, ..."""
        ExpertStore(self._db).get(expert_id)
        try:
            address = mail_address(address)
            language = language and language_tag(language)
        except ValueError as error:
            raise ExpertContactInvalid(str(error)) from None
        before = self.find(expert_id)
        self._db.execute("delete from expert_contacts where expert_id = ?", (expert_id,))
        contact_id = new_id(act.at, chance)
        wrapped = self._vault.new_key(_owner(contact_id))
        sealed = self._vault.open_key(_owner(contact_id), wrapped).encrypt("address", address)
        asked = before.asked if before is not None and before.address == address else 0
        self._db.execute(
            "insert into expert_contacts (id, expert_id, wrapped_key, address, language, asked)"
            " values (?, ?, ?, ?, ?, ?)",
            (contact_id, expert_id, wrapped, sealed, language, asked),
        )
        ChangeStore(self._db).record(act, "expert.mail", expert_id)
        return ExpertContact(expert_id, address, language, asked)

    def remove(self, expert_id: str, act: Act) -> None:
        """Forget how to write to an expert."""
        gone = self._db.execute("delete from expert_contacts where expert_id = ?", (expert_id,))
        if gone.rowcount:
            ChangeStore(self._db).record(act, "expert.no-mail", expert_id)

    def find(self, expert_id: str) -> ExpertContact | None:
        """Return how to write to an expert, or None."""
        row = self._db.execute(
            "select id, wrapped_key, address, language, asked from expert_contacts"
            " where expert_id = ?",
            (expert_id,),
        ).fetchone()
        if row is None:
            return None
        contact_id, wrapped, address, language, asked = row
        key = self._vault.open_key(_owner(contact_id), wrapped)
        return ExpertContact(expert_id, key.decrypt("address", address), language, int(asked))

    def asked(self, expert_id: str) -> None:
        """Count that an expert was asked to confirm."""
        self._db.execute(
            "update expert_contacts set asked = asked + 1 where expert_id = ?", (expert_id,)
        )

    def answered(self, expert_id: str) -> None:
        """Count anew after an expert confirmed."""
        self._db.execute("update expert_contacts set asked = 0 where expert_id = ?", (expert_id,))


def _owner(contact_id: str) -> str:
    return f"expert-contact/{contact_id}"
