"""Resources of other hubs and of sources, as this hub received them."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from content.fields import LongLine, WebAddress
from content.held import Held, HeldStore
from content.language import UNDETERMINED, LanguageMap, LanguageTag
from content.resources.record import ResourceRecord, check_titles
from content.resources.store import record_json

ForeignKind = Literal["article", "page", "document", "event", "note"]


class ForeignRecord(BaseModel):
    """
    What a source says: a post, page or event of somebody who is no hub and has no vocabulary.

    title, summary: texts without markup, by language (`und` if nobody told which). url: the page
    itself. tags: the words of the source, for search. starts_at: of an event, in its words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    title: LanguageMap
    summary: LanguageMap | None = None
    url: WebAddress = None
    publisher: LongLine = None
    language: LanguageTag = UNDETERMINED
    kind: ForeignKind
    tags: Annotated[tuple[str, ...], Field(max_length=50)] = ()
    starts_at: LongLine = None

    @field_validator("title")
    @classmethod
    def _titles_are_lines(cls, title: dict[str, str]) -> dict[str, str]:
        return check_titles(title)


HeldRecord = ResourceRecord | ForeignRecord
HeldResource = Held[HeldRecord]
"""A resource of another hub, or what a source said. See `content.held.Held`."""


class HeldResourceStore(HeldStore[HeldRecord]):
    """The SQL of held resources."""

    _table: ClassVar[str] = "held_resources"

    def _write(self, record: HeldRecord) -> str:
        return record_json(record)

    def _read(self, stored: str, origin_kind: str) -> HeldRecord:
        model = ForeignRecord if origin_kind == "source" else ResourceRecord
        return model.model_validate_json(stored)
