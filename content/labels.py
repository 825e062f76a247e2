"""The two handling words that every record and case carries (scheme names of the vocabulary)."""

from enum import StrEnum


class Label(StrEnum):
    """The words of the scheme handling-labels in the vocabulary, the most open first."""

    CLEAR = "tlp-clear"
    GREEN = "tlp-green"
    AMBER = "tlp-amber"
    AMBER_STRICT = "tlp-amber-strict"
    RED = "tlp-red"


class Sensitivity(StrEnum):
    """The words of the scheme data-sensitivity in the vocabulary, the least first."""

    NONE = "data-none"
    PSEUDONYMOUS = "data-pseudonymous"
    PERSONAL = "data-personal"
    SPECIAL = "data-special"
