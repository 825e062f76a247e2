"""What is wrong with a field of a form, in plain words for the person who filled it in."""

from collections.abc import Mapping
from typing import Any, Final

from node.web.speaking import N_
from node.web.speaking import gettext as _

_WORDS: Final[Mapping[str, str]] = {
    "missing": N_("Fill this in."),
    "int_parsing": N_("Write a whole number, such as 3."),
    "int_from_float": N_("Write a whole number, such as 3."),
    "float_parsing": N_("Write a number, such as 2.5."),
    "decimal_parsing": N_("Write a number, such as 2.5."),
    "finite_number": N_("Write a number, such as 2.5."),
    "bool_parsing": N_("Tick the box, or leave it empty."),
    "date_parsing": N_("Write a day as YYYY-MM-DD."),
    "date_from_datetime_parsing": N_("Write a day as YYYY-MM-DD."),
    "date_from_datetime_inexact": N_("Write a day as YYYY-MM-DD."),
    "date_past": N_("Write a day that has passed."),
    "date_future": N_("Write a day that is still to come."),
    "enum": N_("Choose one from the list."),
    "literal_error": N_("Choose one from the list."),
    "url_parsing": N_("Write a whole address, such as https://city.example/page."),
    "url_scheme": N_("Write an address that begins with https:// or http://."),
    "string_pattern_mismatch": N_("Write it in the form that is shown."),
}
_WITH_LIMIT: Final[Mapping[str, tuple[str, str]]] = {
    "string_too_short": (N_("Write at least %(limit)s characters."), "min_length"),
    "string_too_long": (N_("Write at most %(limit)s characters."), "max_length"),
    "too_short": (N_("Choose at least %(limit)s."), "min_length"),
    "too_long": (N_("Choose at most %(limit)s."), "max_length"),
    "greater_than_equal": (N_("Write %(limit)s or more."), "ge"),
    "greater_than": (N_("Write more than %(limit)s."), "gt"),
    "less_than_equal": (N_("Write %(limit)s or less."), "le"),
    "less_than": (N_("Write less than %(limit)s."), "lt"),
}


def words_for(kind: str, message: str, limits: Mapping[str, Any]) -> str:
    """
    Return one sentence that says what to write.

    kind, message and limits: type, msg and ctx of a mistake as pydantic has it. What a validator
    of ours says is taken as it is, translated where it was marked with N_.
    """
    if kind == "value_error":
        text = _(message.removeprefix("Value error, "))
        return text[:1].upper() + text[1:]
    if kind in _WITH_LIMIT:
        text, name = _WITH_LIMIT[kind]
        return _(text, limit=limits.get(name, ""))
    return _(_WORDS.get(kind, N_("This cannot be used as it is.")))
