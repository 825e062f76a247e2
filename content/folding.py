"""
Texts as searches compare them: without case, accents and spelling variants of one letter.

The same function folds what is indexed and what is asked, so both always agree. It keeps letters
and digits of every script; everything else parts words. Han signs and kana, written without
blanks, become words of one sign each, and a row of them is searched as a phrase.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
"""Accents of Latin, Greek and Cyrillic; vowel signs of Hebrew and Arabic; the Arabic tatweel."""
_ARABIC = str.maketrans("أإآٱىة", "ااااي" + "ه")
"""Letters that people type one for the other (as Lucene's Arabic normalizer does)."""
_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, in their order."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    # Marks go before the letters are exchanged, since decomposing is what sets some of them free.
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFC", folded.translate(_ARABIC).translate(_LATIN))
    return _WORD.findall(_UNSPACED.sub(r" \1 ", folded))
