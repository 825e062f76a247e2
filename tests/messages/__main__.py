"""`make messages`: bring the catalogues up to date, and say what is left to translate."""

import sys

from node.web.catalogues import FOLDER, catalogue_path
from tests.messages.checking import untranslated
from tests.messages.extracting import TRANSLATED, as_text, brought_up_to_date, template


def main() -> None:
    """Write all catalogues."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "messages.pot").write_text(as_text(template()), "utf-8")
    for language in TRANSLATED:
        catalogue = brought_up_to_date(language.tag)
        path = catalogue_path(language.tag)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(catalogue), "utf-8")
        left = len(untranslated(catalogue))
        total = len([message for message in catalogue if message.id])
        kind = "draft" if language.draft else "complete" if not left else "MUST BE COMPLETE"
        sys.stdout.write(f"{language.tag}  {total - left} of {total} texts  {kind}\n")


main()
