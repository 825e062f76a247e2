"""Languages as other catalogues write them, to BCP 47."""

import re
from typing import Final

from content.language import language_tag

THREE_LETTERS: Final = {
    "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "cat": "ca",
    "por": "pt", "ita": "it", "nld": "nl", "dut": "nl", "ara": "ar", "ell": "el", "gre": "el",
    "fin": "fi", "swe": "sv", "dan": "da", "nor": "no", "pol": "pl", "ces": "cs", "cze": "cs",
    "hun": "hu", "ron": "ro", "rum": "ro", "bul": "bg", "hrv": "hr", "slk": "sk", "slo": "sk",
    "slv": "sl", "est": "et", "lav": "lv", "lit": "lt", "gle": "ga", "mlt": "mt", "glg": "gl",
    "eus": "eu", "baq": "eu", "heb": "he", "tur": "tr", "ukr": "uk", "rus": "ru", "zho": "zh",
    "chi": "zh", "jpn": "ja", "kor": "ko",
}  # fmt: skip
"""Codes of ISO 639-2 and -3, as libraries and the EU use them; of two for one, ours first."""
_NAMES: Final = {
    "english": "en", "spanish": "es", "french": "fr", "german": "de", "catalan": "ca",
    "portuguese": "pt", "italian": "it", "dutch": "nl", "arabic": "ar",
}  # fmt: skip


def tag_of(language: object) -> str | None:
    """
    Return the BCP 47 tag of a language, None for what is no language.

    Understood are tags, the three letters of ISO 639, addresses that end in either (as in the EU's
    list of languages), and the English names of our nine.
    """
    if not isinstance(language, str):
        return None
    last = re.split(r"[/#]", language.strip().rstrip("/"))[-1]
    folded = last.lower()
    if folded in THREE_LETTERS or folded in _NAMES:
        return THREE_LETTERS.get(folded) or _NAMES[folded]
    try:
        return language_tag(last.replace("_", "-"))
    except ValueError:
        return None
