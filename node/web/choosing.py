"""
The language of a request: what was chosen, how it is remembered, and how it can be changed.

`?lang=fr` chooses, and is remembered in a cookie that holds nothing but the tag. Who never chose
has no cookie. Answers say on what they depend, so that no cache hands them to the wrong reader.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from node.app_keys import NODE, SETTINGS
from node.shell import depends_on
from node.web.languages import LANGUAGES, Language, language_for, offered
from node.web.speaking import speaking, spoken

PARAMETER: Final = "lang"
COOKIE: Final = "language"
REMEMBERED_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A language that the page can be read in. path: this page in it."""

    language: Language
    path: str
    current: bool


@web.middleware
async def in_language_of_reader(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let everything around a request speak the language of its reader."""
    language = language_for(
        (request.query.get(PARAMETER), request.cookies.get(COOKIE)),
        request.headers.get("Accept-Language", ""),
        request.app[NODE].hub.identity.language,
    )
    with speaking(language):
        return await handler(request)


def language_links(request: web.Request) -> tuple[LanguageLink, ...]:
    """
    Return this page in every language; none where the page answers a form.

    Everything else in the address stays as it is.
    """
    if request.method not in ("GET", "HEAD"):
        return ()
    current = spoken()
    return tuple(
        LanguageLink(each, path_in(request, each.tag), each is current)
        for each in LANGUAGES.values()
    )


def path_in(request: web.Request, tag: str) -> str:
    """Return the address of this page in a language, relative to itself: the path stays out."""
    return "?" + request.rel_url.update_query({PARAMETER: tag}).raw_query_string


def say_language(request: web.Request, answer: web.Response) -> None:
    """Put into the head of an answer which language it is in, and remember what was chosen."""
    answer.headers["Content-Language"] = spoken().tag
    depends_on(answer, "Accept-Language", "Cookie")
    chosen = offered(request.query.get(PARAMETER))
    if chosen is not None and request.cookies.get(COOKIE) != chosen.tag:
        answer.set_cookie(
            COOKIE,
            chosen.tag,
            max_age=REMEMBERED_SECONDS,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=request.app[SETTINGS].https,
        )
