"""A harvest source: where records come from, and what people of this hub decided about them."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from content.errors import ContentError
from content.fields import LONGEST_LINE, Country, Kind, Link, Topics, stripped
from content.labels import Label, Sensitivity
from content.language import UNDETERMINED, LanguageTag
from content.text import one_line
from content.validation import in_one_line, problems_of

SourceKind = Literal["ckan", "oai-pmh", "dcat", "feed", "jsonl", "csv"]
"""What a source speaks: CKAN's API, OAI-PMH 2.0, DCAT-AP as JSON-LD, RSS or Atom or JSON Feed, or a
file of records as JSON lines or CSV."""
SOURCE_KINDS: Final[tuple[SourceKind, ...]] = get_args(SourceKind)
SourceState = Literal["active", "paused"]
USUAL_KIND: Final = {"ckan": "dataset", "dcat": "dataset"}
"""What the records of a source are if nobody says: datasets of portals, else reports."""
LONGEST_NAME: Final = 100


class HarvestSourceInvalid(ContentError):
    """What was given cannot be a harvest source."""

    code: ClassVar[str] = "harvest-source-invalid"


class HarvestSource(BaseModel):
    """
    One source. What people set is here, how far harvesting came is in `Progress`.

    resource_kind, topics, country, label, sensitivity: what its records get; topics are added to
    those that a record names itself. language: of records that name none. review: a person here
    approves every addition, change and removal; else they are published as they come.
    every_days: how often it is asked while the server runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str
    name: Annotated[
        Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(one_line)],
        BeforeValidator(stripped),
    ]
    url: Annotated[Link, Field(max_length=LONGEST_LINE)]
    kind: SourceKind
    resource_kind: Kind
    topics: Topics = ()
    language: LanguageTag = UNDETERMINED
    country: Country = None
    label: Label = Label.CLEAR
    sensitivity: Sensitivity = Sensitivity.NONE
    review: bool = False
    every_days: Annotated[int, Field(ge=1, le=366)] = 1
    state: SourceState = "active"
    added_by: str
    added_at: datetime

    @classmethod
    def checked(cls, **values: object) -> Self:
        """Return a source made of what was given. Raises HarvestSourceInvalid, which says why."""
        if values.get("resource_kind") is None:
            values["resource_kind"] = USUAL_KIND.get(str(values.get("kind")), "report")
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise HarvestSourceInvalid(in_one_line(problems_of(error, "source"))) from None


class Progress(BaseModel):
    """
    How far harvesting a source came.

    due_at: when the server asks it next. since: where the last whole run ended, in the source's own
    words (a datestamp). etag, last_modified: what a file was when it was last read as a whole.
    full_at: when all of the source was seen last. failures: runs that failed since one went well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    due_at: datetime
    since: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    full_at: datetime | None = None
    failures: int = 0
