"""What the models of our own documents have in common: frozen, strict, nothing unknown."""

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from protocol.errors import InvalidDocument, ProtocolError
from protocol.ids import is_url
from protocol.json import JsonObject
from protocol.moments import read_stamp


class DocumentModel(BaseModel):
    """A document of ours. Python names inside, wire names as aliases."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,  # what is malformed may be part of a case
    )

    def wire(self) -> JsonObject:
        """Return the fields under their wire names, without those that are None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _url(text: str) -> str:
    if not is_url(text):
        raise ValueError("must be an absolute http or https URL")
    return text


def _moment(text: str) -> str:
    try:
        read_stamp(text)
    except ProtocolError as error:
        raise ValueError("must be an RFC 3339 time with an offset") from error
    return text


def as_tuple(value: Any) -> Any:
    """Let the list that JSON has stand for the tuple that a frozen model has."""
    return tuple(value) if isinstance(value, list) else value


Url = Annotated[str, Field(max_length=2048), AfterValidator(_url)]
"""An http or https URL."""
Moment = Annotated[str, Field(max_length=64), AfterValidator(_moment)]
"""A time as text, RFC 3339."""
ShortText = Annotated[str, Field(min_length=1, max_length=1000)]
LongText = Annotated[str, Field(min_length=1, max_length=60_000)]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,7}$")]
"""A BCP 47 language tag, by shape."""
TextMap = Annotated[dict[Tag, LongText], Field(max_length=64)]
"""Texts by language tag."""
ConceptId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""Id of a concept of the vocabulary, by shape; whether it is known, content/ says."""
Concepts = Annotated[tuple[ConceptId, ...], Field(max_length=64), BeforeValidator(as_tuple)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=64), BeforeValidator(as_tuple)]
Numbers = Annotated[tuple[int, ...], Field(max_length=64), BeforeValidator(as_tuple)]
Texts = Annotated[tuple[ShortText, ...], Field(max_length=64), BeforeValidator(as_tuple)]
Urls = Annotated[tuple[Url, ...], Field(max_length=64), BeforeValidator(as_tuple)]

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], fields: JsonObject, what: str) -> M:
    """Return the model of these fields. InvalidDocument names the first field that is wrong."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])[:80] or "document"
        reason = error.errors()[0]["msg"]
        raise InvalidDocument(f"The {what} is malformed at {place}: {reason}.") from error
