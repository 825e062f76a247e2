"""Types of fields that resources and experts share: words of the vocabulary, links, countries."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from content.countries import country_code
from content.text import one_line
from content.validation import choose_one, shown
from content.vocabulary import Vocabulary
from content.web_address import LONGEST_ADDRESS, web_address

LONGEST_LINE = 300
_Ids = tuple[str, ...]


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def stripped(text: Any) -> Any:
    """Return a text without blanks around it, before it is measured; other values as they are."""
    return text.strip() if isinstance(text, str) else text


def _word(value: Any, *schemes: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text: an id of the scheme {' or '.join(schemes)}.")
    vocabulary = Vocabulary.load()
    if not any(value in vocabulary.ids(scheme) for scheme in schemes):
        allowed = [each for scheme in schemes for each in vocabulary.ids(scheme)]
        raise ValueError(f"{shown(value)} is not in the vocabulary; {choose_one(value, allowed)}.")
    return value


def _one_of(scheme: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        return _word(value, scheme)

    return check


def _some_of(*schemes: str) -> Callable[[Any], _Ids]:
    def check(value: Any) -> _Ids:
        if not isinstance(value, list | tuple):
            raise ValueError(f"must be a list of ids of the scheme {' or '.join(schemes)}.")
        return tuple(dict.fromkeys(_word(each, *schemes) for each in value))

    return check


Kind = Annotated[str, BeforeValidator(_one_of("resource-kinds"))]
"""An id of the scheme resource-kinds."""
Topics = Annotated[_Ids, BeforeValidator(_some_of("topics"))]
"""Ids of the scheme topics, each once, in the order given."""
Topic = Annotated[str, BeforeValidator(_one_of("topics"))]
"""An id of the scheme topics."""
Principles = Annotated[_Ids, BeforeValidator(_some_of("principles"))]
"""Ids of the scheme principles, each once, in the order given."""
FrameworkItems = Annotated[
    _Ids,
    BeforeValidator(_some_of("framework-foundations", "framework-structures", "framework-tools")),
]
"""Ids of the three schemes of the policy framework, each once, in the order given."""
RequestType = Annotated[
    Annotated[str, BeforeValidator(_one_of("request-types"))] | None,
    BeforeValidator(_blank_is_none),
]
"""An id of the scheme request-types, or None; a blank text is None."""
CountryCode = Annotated[str, AfterValidator(country_code)]
"""A code of ISO 3166-1, in capitals."""
Country = Annotated[CountryCode | None, BeforeValidator(_blank_is_none)]
"""A country code, or None; a blank text is None."""
Link = Annotated[str, AfterValidator(web_address)]
"""An http or https address."""
WebAddress = Annotated[
    Annotated[str, AfterValidator(web_address)] | None, BeforeValidator(_blank_is_none)
]
"""An http or https address, or None; a blank text is None."""
Line = Annotated[
    Annotated[str, AfterValidator(one_line), Field(max_length=LONGEST_LINE)] | None,
    BeforeValidator(_blank_is_none),
]
"""One line of text, or None; a blank text is None."""
LongLine = Annotated[
    Annotated[str, AfterValidator(one_line), Field(max_length=LONGEST_ADDRESS)] | None,
    BeforeValidator(_blank_is_none),
]
"""One line that may be as long as an address, or None."""
