"""Listings of experts that other hubs shared with this one."""

from typing import ClassVar

from content.experts.record import ExpertRecord
from content.held import Held, HeldStore

HeldExpert = Held[ExpertRecord]
"""An expert of another hub. See `content.held.Held`."""


class HeldExpertStore(HeldStore[ExpertRecord]):
    """The SQL of held experts."""

    _table: ClassVar[str] = "held_experts"

    def _write(self, record: ExpertRecord) -> str:
        return record.model_dump_json(exclude_defaults=True)

    def _read(self, stored: str, origin_kind: str) -> ExpertRecord:  # noqa: ARG002 - hubs only
        return ExpertRecord.model_validate_json(stored)
