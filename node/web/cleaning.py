"""
HTML that sources wrote, cleaned on its way to a page (SECURITY.md S45).

The document is kept as it came; what is shown has passed a parser with this short list. Images,
styles, forms and scripts are not on it, so no page makes a reader's browser ask another server.
"""

import re
from typing import Final

import nh3
from markupsafe import Markup

LONGEST: Final = 40_000
"""Signs of HTML; a page shows the plain text of what is longer."""
_TAGS: Final = frozenset(
    "a abbr b blockquote br code em h3 h4 h5 h6 i li ol p pre q strong ul".split()  # noqa: SIM905
)
_HIGH_HEADINGS: Final = re.compile(r"<(/?)h[12]>")


def clean_html(markup: str, language: str) -> Markup:
    """
    Return what may be shown of HTML, safe to be put into a page.

    Links keep http and https addresses and say that they lead elsewhere. Headings begin below
    those of the page. language: of the text, "" if unknown.
    """
    cleaned = nh3.clean(
        markup,
        tags={*_TAGS, "h1", "h2"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow ugc",
        strip_comments=True,
    )
    # What nh3 returns is well formed, and headings are bare tags.
    lowered = _HIGH_HEADINGS.sub(r"<\1h3>", cleaned)
    return Markup('<div class="foreign" lang="{}" dir="auto">{}</div>').format(
        language,
        Markup(lowered),  # noqa: S704 - it has just been cleaned
    )
