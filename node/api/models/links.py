"""Links and whether their documents are there, as the API shows them."""

from datetime import datetime

from content.resources.link_checks import LinkState
from node.api.models.common import Listing
from node.api.routes import Answer, Query


class LinkCheckAnswer(Answer):
    """
    The last look at a link. since: when it began to be so. moved_to: where the server says it is.

    reason: in words.
    """

    status: LinkState
    reason: str
    moved_to: str | None
    since: datetime
    checked_at: datetime


class LinkAnswer(LinkCheckAnswer):
    """A link of resources of this hub. ulids: of these resources."""

    link: str
    ulids: tuple[str, ...]


class LinksQuery(Query):
    """status: only these links; else those that are gone, unreachable or moved."""

    status: LinkState | None = None


class LinkListing(Listing[LinkAnswer]):
    """Links. counts: how many of all are in which state, "unchecked" among them."""

    counts: dict[str, int]
