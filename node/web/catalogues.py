"""The translations of the pages, read from their catalogues when a language is first needed."""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from node.web.languages import ENGLISH

FOLDER: Final = Path(__file__).parent / "locale"


def catalogue_path(tag: str) -> Path:
    """Return where the catalogue of a language lies."""
    return FOLDER / tag / "LC_MESSAGES" / "messages.po"


@cache
def translations(tag: str) -> NullTranslations:
    """
    Return the translations into a language; English is what the pages are written in.

    What is untranslated or uncertain (fuzzy) in the catalogue stays English.
    """
    if tag == ENGLISH.tag:
        return NullTranslations()
    with catalogue_path(tag).open("rb") as file:
        catalogue = read_po(file, locale=tag)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
