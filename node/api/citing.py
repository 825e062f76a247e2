"""How a resource is cited."""

from content.resources.citing.citation import as_text, citation_of
from content.resources.citing.files import bibtex, csl, ris
from node.api.catalogue import SUBJECT, show_held_resource, show_resource
from node.api.models.catalogue import CitationAnswer, ResourceAnswer
from node.api.routes import ApiRoute, Call


async def cite_resource(call: Call) -> CitationAnswer:
    """Return the citation of one of our own resources, in words and for reference managers."""
    return _cited(await show_resource(call))


async def cite_held_resource(call: Call) -> CitationAnswer:
    """Return the citation of a resource of another hub."""
    return _cited(await show_held_resource(call))


def _cited(answer: ResourceAnswer) -> CitationAnswer:
    citation = citation_of(answer.record, answer.id, answer.hub.name)
    return CitationAnswer(
        text=as_text(citation), bibtex=bibtex(citation), ris=ris(citation), csl=csl(citation)
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/resources/{ulid}/citation",
        cite_resource,
        "The citation of one of our resources",
        SUBJECT,
        CitationAnswer,
    ),
    ApiRoute(
        "GET",
        "/hubs/{host}/resources/{ulid}/citation",
        cite_held_resource,
        "The citation of a resource of another hub",
        SUBJECT,
        CitationAnswer,
    ),
)
