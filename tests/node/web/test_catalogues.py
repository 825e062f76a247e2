"""
The translations are whole: nothing is missing, broken or out of date, and no text is bare.

`make messages` brings the catalogues up to date; see CONTRIBUTING.md on how to add a text.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from babel.messages.catalog import Catalog
from jinja2 import nodes

from node.web.catalogues import FOLDER, translations
from node.web.languages import LANGUAGES, Language
from node.web.refused import SAID_BELOW
from tests.messages.bare import bare_strings, bare_texts
from tests.messages.checking import broken, untranslated
from tests.messages.extracting import (
    ROOT,
    TRANSLATED,
    WEB,
    as_text,
    brought_up_to_date,
    committed,
    template,
)

COMPLETE = [each for each in TRANSLATED if not each.draft]
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
MODULES = sorted(WEB.rglob("*.py"))
NO_TEXTS = {
    "Mac OS X",
    "Value error, ",
    "backup of keys",
    "language of the page",
    "noopener noreferrer nofollow ugc",
    "our own log",
}
"""Strings that read like texts and are none."""


@pytest.mark.parametrize("language", COMPLETE, ids=lambda each: each.tag)
def test_every_text_is_translated_into_the_complete_languages(language: Language) -> None:
    left = untranslated(brought_up_to_date(language.tag))

    assert left == [], f"run `make messages`, and translate into {language.tag}"


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda each: each.tag)
def test_translations_have_the_places_and_elements_of_their_texts(language: Language) -> None:
    assert list(broken(committed(language.tag))) == []


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda each: each.tag)
def test_the_catalogues_hold_the_texts_of_today(language: Language) -> None:
    assert as_text(committed(language.tag)) == as_text(brought_up_to_date(language.tag)), (
        "run `make messages`"
    )


def test_the_template_of_catalogues_holds_the_texts_of_today() -> None:
    assert (FOLDER / "messages.pot").read_text("utf-8") == as_text(template()), (
        "run `make messages`"
    )


def test_each_language_has_its_catalogue_and_no_other_has() -> None:
    assert {path.parts[-3] for path in FOLDER.rglob("*.po")} == {each.tag for each in TRANSLATED}
    assert [tag for tag, each in LANGUAGES.items() if not each.draft] == ["en", "es", "fr", "ar"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_text_of_a_template_is_bare(path: Path) -> None:
    assert list(bare_texts(path.read_text("utf-8"))) == [], (
        'write {{ _("...") }} or {% trans %}...{% endtrans %}'
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_text_of_a_view_is_bare(path: Path) -> None:
    found = [text for _, text in bare_strings(path.read_text("utf-8")) if text not in NO_TEXTS]

    assert found == [], 'write _("..."), or N_("...") for a constant'


def test_what_is_said_below_is_said_there_still() -> None:
    """A text that changed in its own module would quietly be English again on the pages."""
    said = set()
    for package in ("content", "federation", "node"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "refused.py":
                tree = ast.parse(path.read_text("utf-8"))
                said |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}

    assert [text for text in SAID_BELOW if text not in said] == []


def test_no_part_keeps_a_text_in_the_language_of_whoever_came_first() -> None:
    """What stands at the top of an imported template is computed once for all requests."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701
    for path in (WEB / "templates/parts").rglob("*.html"):
        for found in _set_at_the_top(environment.parse(path.read_text("utf-8"))):
            names = {name.name for name in found.find_all(nodes.Name)}
            assert not names & {"_", "gettext", "ngettext", "language"}, (path.name, found.lineno)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hubs</p>", ["Hubs"]),
        ("<p>{{ x }} of {{ y }}</p>", ["… of …"]),
        ("{% if a %}<a href='{{ b }}'>Go on</a>{% endif %}", ["Go on"]),
        ('<img alt="A map">', ["A map"]),
        ('<nav aria-label="Pages"></nav>', ["Pages"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ('<meta name="description" content="Help">', ["Help"]),
        ('{{ form(path, "Search all") }}', ["Search all"]),
        ('{% set names = {"a": "What it is"} %}', ["What it is"]),
        ('<p>{{ _("Hubs") }}</p>', []),
        ("<p>{% trans n=3 %}{{ n }} hub{% pluralize %}{{ n }} hubs{% endtrans %}</p>", []),
        ("<p><code>hub serve</code> {{ x }}, {{ y }} · 3</p>", []),
        ('<input type="hidden" value="token">', []),
        ('<a class="one two" href="/x" hreflang="en">{{ say(x, "some-class") }}</a>', []),
        ("{% if a == 'self' %}{{ asset('site.css') }}{% endif %}", []),
        ("<b{% if x %} lang='{{ y }}' title='{{ z }}'{% endif %}>{{ y }}</b>", []),
        ("{# A remark for people who read the source. #}", []),
    ],
)
def test_bare_texts_are_found_and_nothing_else(source: str, found: list[str]) -> None:
    assert [text for _, text in bare_texts(source)] == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('title = "This hub"', ["This hub"]),
        ('return page(wrong="Write your name.")', ["Write your name."]),
        ('names = {"a": "what it is"}', ["what it is"]),
        ('title = _("This hub")', []),
        ('"""What this module is for."""', []),
        ('raise ValueError("No title is stored.")', []),
        ('kind = "hub"', []),
    ],
)
def test_bare_strings_are_found_and_nothing_else(source: str, found: list[str]) -> None:
    assert [text for _, text in bare_strings(source)] == found


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Hub of %(city)s", "Hub"),
        ("Hub", "Hub %(name)s"),
        ("<b>Hub</b>", "Hub"),
        ('<a href="/hubs">Hubs</a>', '<a href="https://evil.example">Hubs</a>'),
        ("50 %%", "50 %"),
        ("Hub", " Hub"),
        (("%(count)s hub", "%(count)s hubs"), ("un hub", "des hubs")),
    ],
)
def test_a_translation_that_would_break_a_page_is_found(
    text: str | tuple[str, str], translation: str | tuple[str, str]
) -> None:
    catalogue = Catalog(locale="fr")
    catalogue.add(text, translation)

    assert len(list(broken(catalogue))) == 1


def test_an_uncertain_translation_counts_as_none() -> None:
    catalogue = Catalog(locale="fr")
    catalogue.add("Hub", "Noyau", flags=["fuzzy"])
    catalogue.add("Feed", "")
    catalogue.add(("%(count)s hub", "%(count)s hubs"), ("%(count)s hub", ""))
    catalogue.add("Log", "Journal")

    assert untranslated(catalogue) == ["Hub", "Feed", "('%(count)s hub', '%(count)s hubs')"]


@pytest.mark.parametrize("language", COMPLETE, ids=lambda each: each.tag)
def test_plurals_follow_the_language(language: Language) -> None:
    found = {
        translations(language.tag).ngettext("%(count)s hour a month", "%(count)s hours a month", n)
        for n in (1, 2, 5, 11, 100)
    }

    assert len(found) == {"es": 2, "fr": 2, "ar": 4}[language.tag]


def test_arabic_counts_from_eleven_on_in_another_form_than_hundreds() -> None:
    """Babel has them in another order than most tools, so that they are easily exchanged."""
    arabic = translations("ar")
    for one, many, eleven in (
        ("%(count)s day", "%(count)s days", "يومًا"),
        ("%(count)s month", "%(count)s months", "شهرًا"),
        ("%(shown)s resource", "%(shown)s resources", "موردًا"),
    ):
        assert arabic.ngettext(one, many, 11).endswith(eleven)
        assert not arabic.ngettext(one, many, 100).endswith(eleven)


def _set_at_the_top(tree: nodes.Template) -> Iterator[nodes.Node]:
    for node in tree.body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            yield node
