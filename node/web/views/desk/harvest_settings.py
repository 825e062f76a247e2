"""What people decide about a harvest source: the form to add one, and to change one."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.fields import Link
from content.harvest.source import SourceKind
from content.labels import Label, Sensitivity
from content.language import UNDETERMINED
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import harvest
from node.api.models.harvest import HarvestSourceAnswer
from node.web import words
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page

PATH: Final = "/desk/harvest"
KINDS: Final = {
    "ckan": (
        N_("An open-data portal (CKAN)"),
        "https://data.city.example",
        N_("The first page of the portal. With ?q=housing or ?fq=organization:council, a part."),
    ),
    "oai-pmh": (
        N_("A repository of a university or library, or another hub (OAI-PMH)"),
        "https://repo.example/oai?set=law",
        N_("Its address for OAI-PMH; ?set= chooses a part. Of another hub: its address and /oai."),
    ),
    "dcat": (
        N_("A catalogue in DCAT-AP, as JSON-LD"),
        "https://data.city.example/catalogue.jsonld",
        N_("The address of the catalogue file."),
    ),
    "feed": (
        N_("A feed of news or publications (RSS, Atom or JSON Feed)"),
        "https://ngo.example/feed.xml",
        N_("The address of the feed. What scrolls off a feed stays here."),
    ),
    "jsonl": (
        N_("A file of records, JSON, one a line"),
        "https://hub.other.example/catalogue.jsonl",
        N_("The address of the file. What it no longer has is taken back here."),
    ),
    "csv": (
        N_("A file of records, CSV"),
        "https://city.example/policies.csv",
        N_("The address of the file, with the fields of a record in its first line."),
    ),
}
"""What a source may be: label, an address as an example, and what to write."""
LABELS: Final = {
    Label.CLEAR: N_("Everybody: they are published in the feed and the log"),
    Label.GREEN: N_("Approved hubs only"),
    Label.AMBER: N_("People of this hub only"),
}


class SettingsForm(PageForm):
    """What becomes of the records of a source."""

    name: Annotated[str, Field(max_length=100)] = ""
    topics: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    resource_kind: str = ""
    language: str = ""
    country: str = ""
    label: Label = Label.CLEAR
    sensitivity: Sensitivity = Sensitivity.NONE
    review: bool = False
    every_days: Annotated[int, Field(ge=1, le=366)] = 1


class SourceForm(SettingsForm):
    """A new source."""

    missing: ClassVar[Mapping[str, str]] = {
        "kind": N_("Choose what is there."),
        "url": N_("Write the address of the source."),
    }
    kind: SourceKind
    url: Link


@staff_page(Right.OPERATE)
async def new_source_page(visit: Visit) -> web.Response:
    """GET and POST /desk/harvest/new."""
    first = filled(label=Label.CLEAR, sensitivity=Sensitivity.NONE, review=True, every_days=1)
    form = visit.form(SourceForm) if visit.sent else first
    if visit.sent and not form.mistakes:
        try:
            body = {**_values(form.value), "url": form.value.url, "kind": form.value.kind}
            made = await visit.ask(harvest.add_harvest_source, body=body)
        except Exception as error:
            refuse(form, error, at="url")
        else:
            return visit.go(
                f"{PATH}/{made.id}",
                _("Added. It is asked within a minute; load this page again to see the report."),
            )
    return _page(visit, form, None)


@staff_page(Right.OPERATE)
async def change_source_page(visit: Visit) -> web.Response:
    """GET and POST /desk/harvest/{id}/change."""
    source: HarvestSourceAnswer = await visit.ask_here(harvest.show_source)
    first = filled(
        language="" if source.language == UNDETERMINED else source.language,
        **{name: getattr(source, name) for name in SettingsForm.model_fields if name != "language"},
    )
    form = visit.form(SettingsForm) if visit.sent else first
    if visit.sent and not form.mistakes:
        try:
            await visit.ask_here(harvest.change_harvest_source, body=_values(form.value))
        except Exception as error:
            refuse(form, error, at="name")
        else:
            return visit.go(
                f"{PATH}/{source.id}",
                _("Changed. All of it is asked anew within a minute, and its records follow."),
            )
    return _page(visit, form, source)


def _values(form: SettingsForm) -> dict[str, Any]:
    given = form.model_dump(mode="json", include=set(SettingsForm.model_fields))
    return {name: value if value != "" else None for name, value in given.items()}


def _page(visit: Visit, form: Filled[Any], source: HarvestSourceAnswer | None) -> web.Response:
    vocabulary = Vocabulary.load()

    def concepts(scheme: str) -> list[tuple[str, str]]:
        found = ((each, words.concept(each)) for each in vocabulary.ids(scheme))
        return sorted(found, key=lambda each: each[1].casefold())

    labels = {label.value: _(text) for label, text in LABELS.items()}
    if source is not None:
        labels.setdefault(source.label.value, words.concept(source.label.value))
    return visit.page(
        "desk/harvest_form.html",
        section="catalogue",
        form=form,
        source=source,
        kinds=[(kind, _(label), example, _(how)) for kind, (label, example, how) in KINDS.items()],
        resource_kinds=concepts("resource-kinds"),
        topics=concepts("topics"),
        languages=words.languages(visit.hub.identity.language),
        countries=words.countries(),
        labels=list(labels.items()),
        sensitivities=[(each.value, words.concept(each.value)) for each in Sensitivity],
    )


ROUTES = [
    web.get("/desk/harvest/new", new_source_page),
    web.post("/desk/harvest/new", new_source_page),
    web.get("/desk/harvest/{id}/change", change_source_page),
    web.post("/desk/harvest/{id}/change", change_source_page),
]
