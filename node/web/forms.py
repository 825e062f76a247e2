"""
Forms of pages: from what a browser sent to a checked model, or back with what to mend.

A model of a form derives from PageForm. What was typed is kept as it was, so that nobody has to
type it twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar, get_origin
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict, MultiDictProxy
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from node.refusals import BadBody
from node.shell import LARGEST_BODY, read_body
from node.web.form_words import words_for
from node.web.speaking import N_
from node.web.speaking import gettext as _

MOST_FIELDS: Final = 1000
Fields = MultiDictProxy[str]
NO_FIELDS: Final[Fields] = MultiDictProxy(MultiDict[str]())


class PageForm(BaseModel):
    """
    Root of the models of forms.

    An empty field counts as one that is not there. missing: what to say where a field is needed
    and empty, by its name, in place of "Fill this in."; marked with N_.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", str_strip_whitespace=True, hide_input_in_errors=True
    )
    missing: ClassVar[Mapping[str, str]] = {}


NOT_SURE: Final = N_("Tick the box if you really want this.")


def _be_sure(value: Any) -> bool:
    if value != "yes":
        raise ValueError(NOT_SURE)
    return True


Sure = Annotated[bool, BeforeValidator(_be_sure)]
"""The box that must be ticked before something that cannot be undone; see `sure` in forms.html."""

F = TypeVar("F", bound=PageForm)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong. name: of the field, "" for the form as a whole. text: a sentence."""

    name: str
    text: str


@dataclass(slots=True)
class Filled(Generic[F]):
    """A form as it was sent, or as it is shown first. given: the texts of each field."""

    given: Mapping[str, Sequence[str]]
    mistakes: list[Mistake] = field(default_factory=list)
    checked: F | None = None

    @property
    def value(self) -> F:
        """Return the checked form. Only where there are no mistakes."""
        if self.checked is None:
            raise RuntimeError("A form with mistakes has no value; look at mistakes first.")
        return self.checked

    def first(self, name: str) -> str:
        """Return what stands in a field; "" if nothing does."""
        texts = self.given.get(name, ())
        return texts[0] if texts else ""

    def has(self, name: str, text: str = "yes") -> bool:
        """Return whether a text was chosen in a field of boxes."""
        return text in self.given.get(name, ())

    def mistake(self, name: str) -> str:
        """Return what is wrong with a field; "" if nothing is."""
        return next((each.text for each in self.mistakes if each.name == name), "")

    def refuse(self, text: str, name: str = "") -> None:
        """Add what is wrong, as the domain says it; the form then has to be shown again."""
        self.mistakes.append(Mistake(name, _(text)))
        self.checked = None


def filled(**values: Any) -> Filled[Any]:
    """Return a form to be shown first, with these values in it; None for an empty field."""
    given: dict[str, tuple[str, ...]] = {}
    for name, value in values.items():
        several = value if isinstance(value, list | tuple | set | frozenset) else [value]
        given[name] = tuple(_shown(each) for each in several if each is not None)
    return Filled(given)


def fill(model: type[F], fields: Fields) -> Filled[F]:
    """Return what was sent, checked by a model of a form."""
    given = {name: tuple(fields.getall(name)) for name in set(fields)}
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        key = info.alias or name
        texts = [text for text in given.get(key, ()) if text.strip()]
        if texts:
            values[key] = texts if _is_many(info.annotation) else texts[0]
    try:
        return Filled(given, [], model.model_validate(values))
    except ValidationError as error:
        return Filled(given, list(_mistakes(error, model)))


async def read_fields(request: web.Request) -> Fields:
    """
    Return the fields of a form that was sent as browsers do without files, with line feeds alone.

    Raises BadBody for anything else, TooLarge, TooSlow.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadBody((("body", "must be a form of a page of this hub."),))
    body = await read_body(request, LARGEST_BODY)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise BadBody((("body", "must be a form in UTF-8."),)) from None
    return fields_of(pairs)


def fields_of(pairs: Iterable[tuple[str, str]]) -> Fields:
    """
    Return fields whose lines end in line feeds alone.

    Browsers send carriage returns before them; with those, a text that nobody touched would differ
    from the one that was shown.
    """
    plain = ((name, text.replace("\r\n", "\n")) for name, text in pairs)
    return MultiDictProxy(MultiDict(plain))


def _mistakes(error: ValidationError, model: type[PageForm]) -> Iterable[Mistake]:
    for each in error.errors(include_url=False, include_input=False):
        name = str(each["loc"][0]) if each["loc"] else ""
        if each["type"] == "missing" and name in model.missing:
            yield Mistake(name, _(model.missing[name]))
        elif each["type"] == "missing" and _is_sure(model, name):
            yield Mistake(name, _(NOT_SURE))
        else:
            yield Mistake(name, words_for(each["type"], each["msg"], each.get("ctx", {})))


def _is_sure(model: type[PageForm], name: str) -> bool:
    info = model.model_fields.get(name)
    return info is not None and any(
        isinstance(each, BeforeValidator) and each.func is _be_sure for each in info.metadata
    )


def _is_many(annotation: Any) -> bool:
    return get_origin(annotation) in (list, tuple, set, frozenset)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(getattr(value, "value", value))
