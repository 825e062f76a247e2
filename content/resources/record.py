"""What a resource says: the fields that people fill in and that hubs exchange."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from content.errors import ContentError
from content.fields import Country, Kind, Line, Link, LongLine, Principles, Topics, WebAddress
from content.labels import Label, Sensitivity
from content.language import UNDETERMINED, LanguageMap, LanguageTag, language_tag
from content.resources.statistics import HubStatistics
from content.text import one_line
from content.validation import Problems, choose_one, in_one_line, problems_of, shown

LONGEST_TITLE = 500
MOST_IDS = 20


class RecordInvalid(ContentError):
    """What was given cannot be a resource. problems: field and reason of each mistake."""

    code: ClassVar[str] = "resource-invalid"

    def __init__(self, problems: Problems) -> None:
        super().__init__(in_one_line(problems))
        self.problems = problems


_LABELS = tuple(each.value for each in Label)
_SENSITIVITIES = tuple(each.value for each in Sensitivity)


class ResourceRecord(BaseModel):
    """
    A resource as people describe it: a law, policy, guide, template, report and so on.

    title, summary: by language. url: where the document is, if it is on the web. language: of the
    document. source, source_id: where an import found it (see `import_key`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    title: LanguageMap
    summary: LanguageMap
    url: WebAddress = None
    publisher: Line = None
    year: Annotated[int, Field(ge=1000, le=2100)] | None = None
    language: LanguageTag
    country: Country = None
    city: Line = None
    kind: Kind
    topics: Topics
    principles: Principles = ()
    sdgs: tuple[int, ...] = ()
    licence: Line = None
    label: Label = Label.CLEAR
    sensitivity: Sensitivity = Sensitivity.NONE
    source: Line = None
    source_id: LongLine = None
    related: Annotated[tuple[Link, ...], Field(max_length=MOST_IDS)] = ()
    """Addresses of resources that this one rests on."""
    statistics: HubStatistics | None = None
    """Of a dataset that is a hub's own statistics: the same for machines."""

    @field_validator("title")
    @classmethod
    def _titles_are_lines(cls, title: dict[str, str]) -> dict[str, str]:
        return check_titles(title)

    @field_validator("topics", "principles")
    @classmethod
    def _ids_are_few(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        if len(ids) > MOST_IDS:
            raise ValueError(f"at most {MOST_IDS} of them.")
        return ids

    @field_validator("sdgs")
    @classmethod
    def _goals_are_real(cls, sdgs: tuple[int, ...]) -> tuple[int, ...]:
        if wrong := [goal for goal in sdgs if not 1 <= goal <= 17]:
            raise ValueError(f"{wrong[0]} is no Sustainable Development Goal; they are 1 to 17.")
        return tuple(dict.fromkeys(sdgs))

    @field_validator("label", "sensitivity", mode="before")
    @classmethod
    def _word_is_known(cls, value: Any, info: ValidationInfo) -> Any:
        allowed = _LABELS if info.field_name == "label" else _SENSITIVITIES
        if value not in allowed:
            raise ValueError(f"{shown(str(value))} is not known; {choose_one('', allowed)}.")
        return value

    @property
    def import_key(self) -> tuple[str, str]:
        """
        Return how an import knows this record again: source and id there.

        The id is the address where none is given, and publisher and title where there is no
        address. Two records of a hub never have the same key (DESIGN: import key).
        """
        if self.source_id is not None:
            return self.source or "", self.source_id
        if self.url is not None:
            return self.source or "", self.url
        title = self.title.get(self.language) or self.title[min(self.title)]
        return self.source or "", f"{self.publisher or ''}: {title}"


def check_titles(title: dict[str, str]) -> dict[str, str]:
    """Return titles; ValueError unless each is one line of at most `LONGEST_TITLE` signs."""
    for tag, text in title.items():
        try:
            one_line(text)
        except ValueError as error:
            raise ValueError(f"the text in {tag} {error}") from None
        if len(text) > LONGEST_TITLE:
            raise ValueError(f"the text in {tag} must have at most {LONGEST_TITLE} signs.")
    return title


def _tag_or_none_known(language: Any) -> str:
    """Return the tag, or `und`, so that a wrong language is named once, as the language."""
    try:
        return language_tag(language) if isinstance(language, str) else UNDETERMINED
    except ValueError:
        return UNDETERMINED


def read_record(values: Mapping[str, Any]) -> ResourceRecord:
    """
    Return the record out of plain values of a form, a file, the API or another hub.

    A title that is a plain text counts as one in `language`, a summary that is a plain text as
    one in English, as in the starter catalogue. Raises RecordInvalid, which names every mistake.
    """
    values = dict(values)
    if isinstance(values.get("title"), str):
        values["title"] = {_tag_or_none_known(values.get("language")): values["title"]}
    if isinstance(values.get("summary"), str):
        values["summary"] = {"en": values["summary"]}
    try:
        return ResourceRecord.model_validate(values)
    except ValidationError as error:
        raise RecordInvalid(problems_of(error, "record")) from None
