"""What the address of a page may ask for, checked (SECURITY.md S48)."""

from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import Field, ValidationError

from node.api.models.catalogue import ExpertSearch, FeedQuery, ResourceSearch
from node.api.models.common import PageQuery
from node.api.routes import Query
from node.refusals import BadParameter

MOST = 10_000_000
First = Annotated[int, Field(alias="from", ge=1, le=MOST)]
"""Which number the first item of the page has; pages only show it."""


class ResourceParameters(ResourceSearch):
    """Of /resources: those of the API, and from."""

    first: First = 1


class ExpertParameters(ExpertSearch):
    """Of /experts."""

    first: First = 1


class FeedParameters(FeedQuery):
    """Of /feed."""

    first: First = 1


Q = TypeVar("Q", bound=PageQuery)
T = TypeVar("T", bound=Query)


def read_parameters(request: web.Request, model: type[Q]) -> Q:
    """
    Return the parameters of a page as the model has them.

    An empty one counts as absent, since a form sends all its fields; a name that the page does not
    know is ignored, since mails and searches add their own. Raises BadParameter, which repeats no
    value.
    """
    return _read(request, model)


def read_query(request: web.Request, model: type[T]) -> T:
    """Return the parameters of a page that is no list, as `read_parameters` does."""
    return _read(request, model)


def chosen_of(parameters: PageQuery, *names: str) -> dict[str, str | None]:
    """Return the parameters that a search keeps when one of them changes."""
    values = parameters.model_dump(include=set(names))
    found: dict[str, str | None] = {name: values[name] or None for name in names}
    if parameters.limit != PageQuery.model_fields["limit"].default:
        found["limit"] = str(parameters.limit)
    return found


def _read(request: web.Request, model: type[T]) -> T:
    known = {info.alias or name for name, info in model.model_fields.items()}
    given = {}
    for name in known:
        values = [value for value in request.query.getall(name, ()) if value]
        if len(values) > 1:
            raise BadParameter(name, "must be given once.")
        if values:
            given[name] = values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        mistake = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(mistake["loc"][0])
        reason = mistake["msg"].removeprefix("Value error, ").splitlines()[0]
        raise BadParameter(name, f"is not usable: {reason}") from None
