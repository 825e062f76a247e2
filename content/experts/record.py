"""What an expert's listing says."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
)

from content.errors import ContentError
from content.fields import CountryCode, Line, Topics, stripped
from content.labels import Label
from content.language import LanguageMap, LanguageTag
from content.text import long_text, one_line
from content.times import to_milliseconds, to_text
from content.validation import Problems, choose_one, in_one_line, problems_of, shown

LONGEST_NAME = 200
LONGEST_CONFLICTS_BYTES = 4 * 1024
MOST_HOURS = 200
Offer = Literal["review", "call", "workshop", "drafting"]
OFFERS: tuple[Offer, ...] = ("review", "call", "workshop", "drafting")


class ExpertInvalid(ContentError):
    """What was given cannot be an expert. problems: field and reason of each mistake."""

    code: ClassVar[str] = "expert-invalid"

    def __init__(self, problems: Problems) -> None:
        super().__init__(in_one_line(problems))
        self.problems = problems


class Scope(StrEnum):
    """Who may see the listing, as the expert agreed."""

    HUB = "hub"
    NETWORK = "network"
    PUBLIC = "public"


_LABELS = {Scope.HUB: Label.AMBER, Scope.NETWORK: Label.GREEN, Scope.PUBLIC: Label.CLEAR}
Moment = Annotated[AwareDatetime, PlainSerializer(to_text, when_used="json")]


class ExpertRecord(BaseModel):
    """
    A person or organisation that answers questions of cities.

    jurisdictions: countries whose law and practice they know. offers: what they do. capacity_hours:
    a month. conflicts: for whom or about what they cannot work, in words. example: invented, for a
    demonstration. consent_at: when they agreed to the scope; confirmed_at: when they last said
    that the listing is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[
        Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(one_line)],
        BeforeValidator(stripped),
    ]
    organisation: Line = None
    bio: LanguageMap
    topics: Annotated[Topics, Field(min_length=1, max_length=20)]
    jurisdictions: Annotated[tuple[CountryCode, ...], Field(max_length=50)] = ()
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=30)]
    offers: tuple[Offer, ...] = ()
    capacity_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 0
    conflicts: str = ""
    scope: Scope = Scope.HUB
    example: bool = False
    consent_at: Moment | None = None
    confirmed_at: Moment | None = None

    @field_validator("languages")
    @classmethod
    def _writes_something(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if not languages:
            raise ValueError("needs at least one language in which the expert writes.")
        return languages

    @field_validator("jurisdictions", "languages")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    @field_validator("offers", mode="before")
    @classmethod
    def _offers_are_known(cls, values: Any) -> Any:
        if isinstance(values, list | tuple):
            for value in values:
                if value not in OFFERS:
                    raise ValueError(f"{shown(str(value))}: {choose_one('', OFFERS)}.")
            return tuple(dict.fromkeys(values))
        return values

    @field_validator("scope", mode="before")
    @classmethod
    def _scope_is_known(cls, value: Any) -> Any:
        allowed = [scope.value for scope in Scope]
        if value not in allowed:
            raise ValueError(f"{shown(str(value))} is no scope; {choose_one('', allowed)}.")
        return value

    @field_validator("conflicts")
    @classmethod
    def _conflicts_are_text(cls, text: str) -> str:
        return long_text(text, LONGEST_CONFLICTS_BYTES)

    @field_validator("consent_at", "confirmed_at")
    @classmethod
    def _moments_are_utc(cls, at: datetime | None) -> datetime | None:
        return None if at is None else to_milliseconds(at)

    @property
    def label(self) -> Label:
        """Return the handling label of the scope: hub amber, network green, public clear."""
        return _LABELS[self.scope]


def read_expert(values: Mapping[str, Any]) -> ExpertRecord:
    """
    Return the record out of plain values of a form, a file, the API or another hub.

    A bio that is a plain text counts as one in the first of `languages`. Raises ExpertInvalid,
    which names every mistake.
    """
    values = dict(values)
    languages = values.get("languages")
    if isinstance(values.get("bio"), str) and isinstance(languages, list | tuple) and languages:
        values["bio"] = {str(languages[0]): values["bio"]}
    try:
        return ExpertRecord.model_validate(values)
    except ValidationError as error:
        raise ExpertInvalid(problems_of(error, "expert")) from None
