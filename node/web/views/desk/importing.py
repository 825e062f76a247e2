"""Importing records: as a file or as text, all or none, with a report on each line."""

from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import catalogue
from node.api.routes import SentCatalogue
from node.refusals import BadLines
from node.web import words
from node.web.forms import PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from protocol.ids import ref_of

PATH: Final = "/desk/catalogue/import"
LARGEST: Final = 512 * 1024
SHOWN: Final = 50
"""Lines with mistakes, and records, that the report names."""
SHAPES: Final = {
    "jsonl": N_("JSON, one record a line"),
    "csv": N_("CSV, as spreadsheets save it"),
    "dcat": N_("DCAT-AP, as JSON-LD"),
}


class ImportForm(PageForm):
    """What is imported, and how. lines: where no file is sent."""

    lines: Annotated[str, Field(max_length=LARGEST)] = ""
    shape: Literal["jsonl", "csv", "dcat"] = "jsonl"
    source: Annotated[str, Field(max_length=300)] = ""
    kind: str = ""
    language: str = ""
    topic: str = ""
    skip_bad: bool = False


@staff_page(Right.CATALOGUE_EDIT, files=True)
async def import_page(visit: Visit) -> web.Response:
    """GET and POST /desk/catalogue/import."""
    form = visit.form(ImportForm) if visit.sent else filled(shape="jsonl")
    report = None
    bad: tuple[tuple[int | None, str], ...] = ()
    if visit.sent:
        files = visit.files(form)
        if not form.mistakes:
            body = files[0].data if files else form.value.lines.encode()
            if not body.strip():
                form.refuse(_("Choose a file, or paste the records."), "lines")
        if not form.mistakes:
            given = form.value.model_dump(include={"source", "kind", "language", "topic"})
            query = {name: value for name, value in given.items() if value}
            try:
                report = await visit.ask(
                    catalogue.import_lines,
                    query={**query, "skip_bad": form.value.skip_bad},
                    body=SentCatalogue(form.value.shape, body),
                )
            except BadLines as error:
                bad = error.problems
                form.refuse(_("Nothing was imported: some records cannot be read. They are below."))
            except Exception as error:
                refuse(form, error, at="lines")
    vocabulary = Vocabulary.load()

    def concepts(scheme: str) -> list[tuple[str, str]]:
        found = ((each, words.concept(each)) for each in vocabulary.ids(scheme))
        return sorted(found, key=lambda each: each[1].casefold())

    return visit.page(
        "desk/import.html",
        section="catalogue",
        form=form,
        report=report,
        bad=bad[:SHOWN],
        more=max(0, len(bad) - SHOWN),
        records=[ref_of(each) for each in report.ids[:SHOWN]] if report else [],
        shapes=[(shape, _(label)) for shape, label in SHAPES.items()],
        kinds=concepts("resource-kinds"),
        topics=concepts("topics"),
        languages=words.languages(visit.hub.identity.language),
    )


ROUTES = [web.get(PATH, import_page), web.post(PATH, import_page)]
