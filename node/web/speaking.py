"""
In which language the page of this request is written, and its texts in that language.

Texts in Python: `from node.web.speaking import gettext as _`, then `_("Hubs")`, or
`_("Hubs of %(city)s", city=city)`. A text that stands outside of functions is marked with `N_`, and
translated with `_` where it is used: a module is read once, and requests differ.

The language is a context variable, like that of a logger: it follows a request through functions,
templates and the threads of the database (content/executors.py), and no other request sees it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from node.web.catalogues import translations
from node.web.languages import ENGLISH, Language

_SPOKEN: ContextVar[Language] = ContextVar("language of the page", default=ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Write in a language as long as this is open."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Language:
    """Return the language of the page."""
    return _SPOKEN.get()


def N_(message: str) -> str:  # noqa: N802 - that is its name wherever gettext is used
    """Mark a text for the catalogues and return it as it is, to be translated later."""
    return message


def gettext(message: str, **values: object) -> str:
    """Return a text in the language of the page. values: for its %(name)s places."""
    # Of nothing, a catalogue would give its own head.
    text = translations(spoken().tag).gettext(message) if message else ""
    return text % values if values else text


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """Return the form of a text that fits a count. values: for its %(name)s places."""
    text = translations(spoken().tag).ngettext(one, many, count)
    return text % values if values else text


def pgettext(context: str, message: str, **values: object) -> str:
    """Return a text whose English is used in two senses. context: which one this is."""
    text = translations(spoken().tag).pgettext(context, message)
    return text % values if values else text


def npgettext(context: str, one: str, many: str, count: int) -> str:
    """Return the form that fits a count, of a text that is used in two senses."""
    return translations(spoken().tag).npgettext(context, one, many, count)
