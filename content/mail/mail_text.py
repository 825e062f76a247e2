"""Texts of mails: charsets that are decoded, HTML that becomes text, signs that are left out."""

import codecs
import html
import re
import unicodedata
from typing import Final

import nh3

LARGEST_TEXT_PART: Final = 1024 * 1024
_CHARSETS: Final = re.compile(
    r"ascii|utf-8|utf-16(?:-[bl]e)?|utf-32(?:-[bl]e)?|iso8859-\d+|cp\d{3,4}|koi8-[rut]|kz1048"
    r"|mac-\w+|tis-620|ptcp154|gb2312|gbk|gb18030|hz|big5(?:hkscs)?|euc_\w+|shift_jis\w*"
    r"|iso2022_\w+|johab"
)
"""Names of codecs for what people write. Others, such as punycode or utf-7, take too long or hide
signs from whoever looks at the bytes."""
_BLOCKS: Final = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"}
)
_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def decoded(body: bytes, charset: str) -> str:
    """Return a text part as text; bytes that fit no sign become U+FFFD."""
    try:
        name = codecs.lookup(charset.strip()).name
    except (LookupError, ValueError):
        name = ""
    if not _CHARSETS.fullmatch(name):
        name = "utf-8"
    return body[:LARGEST_TEXT_PART].decode(name, "replace")


def html_to_text(source: str) -> str:
    """
    Return the words of an HTML document, with a line for each block.

    Scripts, styles, comments and every address are gone: only the text is kept. It is parsed as
    browsers do (nh3), so what is hidden in broken tags does not come through as text.
    """
    kept = nh3.clean(
        source,
        tags=set(_BLOCKS),
        clean_content_tags={"script", "style", "title", "head", "template", "noscript", "svg"},
        attributes={},
        generic_attribute_prefixes=set(),
        strip_comments=True,
    )
    return html.unescape(_TAG.sub("\n", _BLANKS.sub(" ", kept.replace("\n", " "))))


def shown_text(text: str) -> str:
    """Return text without control signs, with plain line ends and no more than one empty line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    kept = "".join(
        sign
        for sign in text
        if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp")
    )
    lines = (line.rstrip() for line in kept.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def shown_line(text: str, most: int) -> str:
    """Return the first line of text without control signs, and no more than most signs."""
    lines = [line for line in shown_text(text).split("\n") if line.strip()]
    return " ".join(lines[0].split())[:most].strip() if lines else ""
