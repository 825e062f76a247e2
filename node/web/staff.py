"""
Pages of the staff: who is signed in, what they may, and what a view is given (docs/pages.md).

A view is a function of a Visit, decorated with `staff_page`. Whoever is not signed in is led to the
sign-in page; who lacks the right gets the same as where there is no such page.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from content.cases.attachment import NewAttachment
from content.changes import Act, ChangeStore
from content.database import Work
from content.people.authentication import Principal
from content.people.permissions import NotAllowed, Right, Role
from content.people.sessions import Session
from content.people.user import User
from federation.hub import Hub, Node
from node.api.routes import ApiRoute, Call, Handler
from node.app_keys import NODE, SETTINGS
from node.problems import OUR_ERRORS, problem_of
from node.refusals import BadBody, BadParameter, RequestRefused
from node.settings import Settings
from node.shell import View
from node.web.cookies import secret_of, signed_in
from node.web.flashes import FLASHES, Flash, Kind
from node.web.form_files import StaffFiles, read_staff_form
from node.web.form_words import words_for
from node.web.forms import NO_FIELDS, F, Fields, Filled, fill
from node.web.navigation import Place, places_for
from node.web.page_refusals import OF_SEVERAL, words_of_refusal
from node.web.pages import render
from node.web.same_site import UNSAFE, check_form_token, check_origin, form_token
from node.web.second_factor import SecondFactorNeeded, needs_second_factor
from node.web.sign_in_page import sign_in_first
from node.web.speaking import N_
from node.web.speaking import gettext as _

T = TypeVar("T")
SIGN_IN: Final = "/sign-in"
SECOND_FACTOR: Final = "/account/second-factor"


class SignInNeeded(RequestRefused):
    """A form was sent without a session, or after it had ended."""

    code: ClassVar[str] = "sign-in-needed"

    def __init__(self) -> None:
        super().__init__(
            N_(
                "You are not signed in any more, so nothing was changed. Sign in, then go back and"
                " send the form again."
            )
        )


class PageHidden(RequestRefused):
    """The page is not for this role; told the same as a page that is not there (S35)."""

    code: ClassVar[str] = "page-hidden"

    def __init__(self) -> None:
        super().__init__(N_("There is no such page."))


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. principal: who acts, with the rights of the API. form_token: for forms."""

    user: User
    session: Session
    form_token: str = field(repr=False)

    @property
    def principal(self) -> Principal:
        """Return who acts."""
        return Principal(self.user.name, self.user.role)

    @property
    def name(self) -> str:
        """Return the user name."""
        return self.user.name

    @property
    def display_name(self) -> str:
        """Return what people read."""
        return self.user.display_name

    @property
    def role(self) -> Role:
        """Return the role, as it is now."""
        return self.user.role

    def may(self, right: Right | str) -> bool:
        """Return whether they have the right; templates name it by its text."""
        return self.principal.may(Right(right))


PERSON = web.RequestKey("person", Person)


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One request to a page of the staff, checked: who it is, and what they sent.

    fields, uploads: of the form, where one was sent from a page of this session.
    """

    request: web.Request
    person: Person
    fields: Fields = field(default_factory=lambda: NO_FIELDS)
    uploads: StaffFiles = field(default_factory=StaffFiles)

    @property
    def node(self) -> Node:
        """The running hub."""
        return self.request.app[NODE]

    @property
    def hub(self) -> Hub:
        """The hub itself."""
        return self.node.hub

    @property
    def settings(self) -> Settings:
        """The settings of the hub."""
        return self.request.app[SETTINGS]

    @property
    def principal(self) -> Principal:
        """Who acts, for functions that ask."""
        return self.person.principal

    @property
    def path(self) -> Mapping[str, str]:
        """The parts of the address by name."""
        return self.request.match_info

    @property
    def sent(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    def now(self) -> datetime:
        """Return the time by the hub's clock."""
        return self.node.clock.now()

    def act(self) -> Act:
        """Return the act of the person, now: every function that writes takes one."""
        return self.principal.act(self.now())

    async def read(self, work: Work[T]) -> T:
        """Run work that reads, as staff."""
        return await self.node.database.read(work)

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
        value = await self.read(work)
        await self.node.database.write(
            lambda db: ChangeStore(db).record_access(act, what, subject, "page")
        )
        return value

    async def ask(
        self,
        handler: Handler,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        files: tuple[NewAttachment, ...] = (),
        **path: str,
    ) -> Any:
        """
        Call an endpoint of the API as this person, and return its answer, a model.

        query and body: what a program would send, checked by the models of the route; a body may
        be a model already. files: that go with it. The right of the route is asked, and what it
        notes is noted. Raises BadBody, BadParameter, and whatever the API refuses with.
        """
        from node.api.table import ROUTES

        route = next(each for each in ROUTES if each.handler is handler)
        if route.right is not None and not self.principal.may(route.right):
            raise NotAllowed(route.right) if route.hidden is None else route.hidden()
        call = Call(
            node=self.node,
            settings=self.settings,
            principal=self.principal,
            path=path,
            query=_query_of(route, query or {}),
            body=_body_of(route, body) if isinstance(body, Mapping) else body,
            request=self.request,
            files=files,
            way="page",
        )
        return await handler(call)

    async def ask_here(
        self,
        handler: Handler,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        files: tuple[NewAttachment, ...] = (),
    ) -> Any:
        """As `ask`, about what the address of this page names."""
        path: dict[str, Any] = dict(self.path)
        return await self.ask(handler, query=query, body=body, files=files, **path)

    def form(self, model: type[F]) -> Filled[F]:
        """Return what was sent, checked by the model: look at `mistakes`, then at `value`."""
        return fill(model, self.fields)

    def files(self, form: Filled[Any]) -> tuple[NewAttachment, ...]:
        """Return the files of the form; where one is not taken none, and the form says why."""
        return self.uploads.taken(form)

    def page(self, template: str, **context: Any) -> web.Response:
        """
        Return a page that extends staff.html.

        form: a Filled; with mistakes in it the page answers 422 and lists them at its top.
        """
        form = context.get("form")
        wrong = isinstance(form, Filled) and bool(form.mistakes)
        flashes = self.request.app[FLASHES].take(self.person.session.id)
        frame = {**frame_of(self.request), "flashes": flashes, "form": None}
        answer = render(self.request, template, {**frame, **context}, status=422 if wrong else 200)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def flash(self, text: str, kind: Kind = "done") -> None:
        """Say a sentence on the next page."""
        self.request.app[FLASHES].add(self.person.session.id, Flash(text, kind))

    def go(self, path: str, flash: str = "") -> web.Response:
        """Return the answer to a form that was sent: go on to a page of this hub, and say it."""
        if flash:
            self.flash(flash)
        return web.Response(status=303, headers={"Location": path})


StaffView = Callable[[Visit], Awaitable[web.StreamResponse]]


def staff_page(right: Right | None, *, files: bool = False) -> Callable[[StaffView], View]:
    """
    Make a page of the staff of a view.

    right: what the role of the person must have; None where being signed in is enough. files:
    whether its form may have files, which are asked for by `Visit.files`. For methods
    that change something the form must come from a page of the session (SECURITY.md S42). A page
    with a right needs a second factor where the setting asks for one.
    """

    def around(view: StaffView) -> View:
        async def handler(request: web.Request) -> web.StreamResponse:
            sent = request.method in UNSAFE
            if sent:
                check_origin(request, request.app[SETTINGS].origin)
            person = await person_of(request)
            if person is None:
                if sent:
                    raise SignInNeeded
                return sign_in_first(request)
            request[PERSON] = person
            if right is not None and not person.may(right):
                raise PageHidden
            if right is not None and lacks_second_factor(request, person):
                if sent:
                    raise SecondFactorNeeded
                return web.Response(status=303, headers={"Location": SECOND_FACTOR})
            visit = Visit(request, person)
            if sent:
                fields, uploads = await read_staff_form(request, files=files)
                check_form_token(fields, person.form_token)
                visit = Visit(request, person, fields, uploads)
            answer = await view(visit)
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer

        handler.__name__ = getattr(view, "__name__", "handler")
        _RIGHTS[handler] = right
        return handler

    return around


_RIGHTS: Final[dict[View, Right | None]] = {}


def is_staff_page(handler: Any) -> bool:
    """Return whether a handler is a page of the staff."""
    return handler in _RIGHTS


def right_of(handler: Any) -> Right | None:
    """Return the right that a page of the staff needs; None: to be signed in is enough."""
    return _RIGHTS[handler]


def lacks_second_factor(request: web.Request, person: Person) -> bool:
    """Return whether the hub asks this person for more than they have shown (S43)."""
    if person.session.second_factor:
        return False
    return needs_second_factor(request.app[SETTINGS], person.role)


async def person_of(request: web.Request) -> Person | None:
    """Return who is signed in, wholly; None for strangers, and before the second step."""
    found = await signed_in(request)
    if found is None or found.session.state != "open":
        return None
    return Person(found.user, found.session, form_token(secret_of(request)))


def frame_of(request: web.Request) -> dict[str, Any]:
    """Return what staff.html needs of whoever is signed in; a frame without menu for strangers."""
    person = request.get(PERSON)
    places: tuple[Place, ...] = ()
    if person is not None:
        places = places_for(person.principal, request.app)
    return {"person": person, "places": places, "flashes": ()}


def refuse(form: Filled[Any], error: Exception, at: str = "") -> None:
    """
    Show in the form what the domain or the API refused; raise again what is no refusal.

    at: the field that it is about, where the error names none itself.
    """
    if not isinstance(error, OUR_ERRORS) or problem_of(error).status >= 500:
        raise error
    problems = getattr(error, "problems", None)
    if isinstance(error, BadBody):
        for name, reason in error.problems:
            form.refuse(reason, name.partition(".")[0])
    elif isinstance(problems, tuple) and not isinstance(error, (RequestRefused, *OF_SEVERAL)):
        for name, reason in problems:
            place = name.partition(".")[0]
            text = _(reason)
            if place in form.given:
                form.refuse(text[:1].upper() + text[1:], place)
            else:
                form.refuse(f"{name}: {text}", at)
    else:
        for text in words_of_refusal(error):
            form.refuse(text, at)


def _query_of(route: ApiRoute, query: Mapping[str, Any]) -> BaseModel | None:
    if route.query is None:
        return None
    try:
        return route.query.model_validate(dict(query))
    except ValidationError as error:
        name, reason = next(_problems(error))
        raise BadParameter(name, f"is not usable: {reason}") from None


def _body_of(route: ApiRoute, body: Mapping[str, Any]) -> Any:
    if route.reader is not None:
        return route.reader(dict(body))
    if not isinstance(route.body, type):
        raise TypeError("A route that takes JSON has a model of it.")
    try:
        return route.body.model_validate_json(orjson.dumps(dict(body)))
    except ValidationError as error:
        raise BadBody(tuple(_problems(error))) from None


def _problems(error: ValidationError) -> Iterator[tuple[str, str]]:
    for each in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in each["loc"]) or "body"
        yield name, words_for(each["type"], each["msg"], each.get("ctx", {}))
