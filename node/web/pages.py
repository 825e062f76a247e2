"""Rendering: templates, what all of them are given, and the answer around the result."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp_jinja2
import jinja2
from aiohttp import web

from federation.hub import Identity
from federation.policy import Audience, Door, visible_labels
from node.app_keys import NODE, SETTINGS
from node.web import words
from node.web.acts import deed
from node.web.addresses import web_link
from node.web.assets import asset_path
from node.web.choosing import language_links, path_in, say_language
from node.web.compiled import CompiledTemplates
from node.web.contact import contact_of
from node.web.languages import ENGLISH
from node.web.speaking import gettext, ngettext, npgettext, pgettext, spoken
from node.web.told import told

_TEMPLATES: Final = Path(__file__).parent / "templates"
_COMPILED: Final = CompiledTemplates()
VISIBLE: Final = visible_labels(Door.PAGE, Audience.EVERYONE)
"""The labels of what pages without an account show."""


def set_up_templates(app: web.Application) -> None:
    """Give the application its templates; they are compiled when first used."""
    identity = app[NODE].hub.identity
    settings = app[SETTINGS]
    zone = ZoneInfo(identity.timezone)
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        bytecode_cache=_COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        default_helpers=False,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(
        {name: _when_rendered(show) for name, show in _filters(zone).items()},
        host=words.host,
        own_name=words.own_name,
    )
    environment.globals.update(
        hub=identity,
        asset=asset_path,
        contact=contact_of(settings.contact),
        source_url=web_link(settings.source_url),
        software_version=version("rights-hub"),
    )


def _filters(zone: ZoneInfo) -> Mapping[str, Callable[..., Any]]:
    """Return the filters whose result depends on the language."""
    return {
        "day": lambda at: words.day(at, zone),
        "moment": lambda at: words.moment(at, zone),
        "number": words.number,
        "size": words.size,
        "country": words.country,
        "concept": words.concept,
        "listed": words.listed,
        "told": told,
        "deed": deed,
    }


def _when_rendered(show: Callable[..., Any]) -> Callable[..., Any]:
    """Keep Jinja from computing a filter of a constant when it compiles: the language differs."""

    @jinja2.pass_context
    def shown(_: jinja2.runtime.Context, value: Any) -> Any:
        return show(value)

    return shown


def render(
    request: web.Request, template: str, context: dict[str, Any], *, status: int = 200
) -> web.Response:
    """Return a page. context: what the template names; a name that it lacks is an error."""
    of_every_page = {
        "section": "",
        "language": spoken(),
        "languages_of_page": language_links(request),
        "in_english": path_in(request, ENGLISH.tag),
    }
    answer = aiohttp_jinja2.render_template(
        template, request, {**of_every_page, **context}, status=status
    )
    say_language(request, answer)
    answer.headers["Cache-Control"] = "no-cache" if status == 200 else "no-store"
    return answer


def private(answer: web.Response) -> web.Response:
    """Return a page that is for one person: no cache keeps it, and no search engine lists it."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def moved(path: str) -> web.Response:
    """Return the answer that leads to the one page of a record. path: of this hub."""
    return web.Response(status=308, headers={"Location": path})


def identity_of(request: web.Request) -> Identity:
    """Return who this hub is."""
    return request.app[NODE].hub.identity
