"""The shape of an endpoint of the API, and what its handler is given (docs/adr/0019-api.md)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from aiohttp import web
from limits import RateLimitItem
from pydantic import BaseModel, ConfigDict

from content.cases.attachment import NewAttachment
from content.changes import Act, ChangeStore
from content.database import Work
from content.people.authentication import Principal
from content.people.permissions import Right
from federation.hub import Hub, Node
from node.settings import Settings

PREFIX = "/api/v1"
T = TypeVar("T")
A = TypeVar("A", bound="Answer")


class Body(BaseModel):
    """Root of what is sent to the API: nothing beside the named fields, nothing converted."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
    )


class Query(BaseModel):
    """Root of the parameters of a query: texts that become values; unknown names are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


class Answer(BaseModel):
    """Root of what the API answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def shaped(model: type[A], source: object, **more: Any) -> A:
    """Return an answer made of the attributes of source that have its names, and of more."""
    names = [name for name in model.model_fields if name not in more]
    return model(**{name: getattr(source, name) for name in names}, **more)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an endpoint, checked: who calls, and the values as the route's models have them.

    principal: None for strangers; never None where the route needs a right. path: the parts of the
    address by name. files: what came with the body, checked. code: the receipt code that was shown.
    way: how a reading of a case is noted, "api" or "page".
    """

    node: Node
    settings: Settings
    principal: Principal | None
    path: Mapping[str, str]
    query: Any
    body: Any
    request: web.Request
    files: tuple[NewAttachment, ...] = ()
    code: str = field(default="", repr=False)
    way: str = "api"

    @property
    def hub(self) -> Hub:
        """The hub itself."""
        return self.node.hub

    def caller(self) -> Principal:
        """Return who calls, on a route that needs a right."""
        if self.principal is None:
            raise RuntimeError("A route without a right has no caller.")
        return self.principal

    def act(self) -> Act:
        """Return the act of the caller, now."""
        return self.caller().act(self.node.clock.now())

    async def write(self, work: Work[T]) -> T:
        """Run work in one transaction and wake the workers once it is on disk."""
        value = await self.node.database.write(work)
        self.node.bell.ring()
        return value

    async def read_noted(self, work: Work[T], what: str, subject: str) -> T:
        """
        Read a case, or what belongs to one; that it was read is on disk before this returns.

        what: such as "case.read"; subject: the id of the case. A read that fails notes nothing.
        """
        act = self.act()
        value = await self.node.database.read(work)
        await self.node.database.write(
            lambda db: ChangeStore(db).record_access(act, what, subject, self.way)
        )
        return value

    async def read(self, work: Work[T]) -> T:
        """Run work that reads: as staff where somebody has shown who they are, else as public."""
        database = self.node.database
        return await (database.read_public(work) if self.principal is None else database.read(work))


Handler = Callable[[Call], Awaitable[BaseModel | web.StreamResponse | None]]
Reader = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class SentCatalogue:
    """A catalogue that was sent. shape: its format, by the names of content/resources/formats."""

    shape: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """
    One endpoint.

    path: below PREFIX, with {names}. right: what the caller's role must have; None: open to all.
    hidden: makes the error that who lacks the right gets, the same as for an unknown id (S35).
    body: model of the JSON body, "jsonl" for lines of JSON as bytes, or "catalogue" for a
    `SentCatalogue`. reader: makes the body of the JSON object, where the domain reads it in its own
    words. answer: None for 204, "file" for bytes of a stored file. files: the body may be a form
    with files; a route without body takes them alone. csv: the parameter format gives a table
    instead. by_code: the caller shows a receipt code instead of a token. limit: how often an
    address may call without a token.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    handler: Handler
    summary: str
    subject: str
    answer: type[BaseModel] | Literal["file"] | None
    right: Right | None = None
    hidden: Callable[[], Exception] | None = None
    body: type[BaseModel] | Literal["jsonl", "catalogue"] | None = None
    reader: Reader | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    files: bool = False
    csv: bool = False
    by_code: bool = False
    limit: RateLimitItem | None = None

    @property
    def operation(self) -> str:
        """Return the name of the operation in OpenAPI: that of the handler."""
        return self.handler.__name__
