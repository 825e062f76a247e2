"""
Steps: things that staff do with a case or an escalation, each on a page of its own with one form.

A table of steps says what is asked, in words, and which endpoint of the API does it; so pages,
API and commands do the same, with the same rights and the same record of it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import web

from content.people.permissions import Right
from node.api.routes import Handler
from node.web.forms import PageForm, filled
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page

Kind = Literal["line", "day", "text", "choose", "pick", "boxes", "tick", "sure"]
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """
    One field of a step. label, hint: marked with N_.

    choices: values with labels in the language of the page, out of the subject. empty: label of the
    choice of nothing, marked with N_; "" where one must be chosen.
    """

    kind: Kind
    name: str
    label: str
    hint: str = ""
    required: bool = False
    rows: int = 6
    empty: str = ""
    choices: Callable[[Any], Choices] = field(default=lambda _subject: ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One step. slug: last part of its address. title, intro, button, done: marked with N_.

    body: from the checked form to what the API takes. start: what stands in the form at first, out
    of the subject. at: the field that shows a refusal. danger: the button says so. group: heading
    under which it stands where there are many, marked with N_.
    """

    slug: str
    right: Right
    title: str
    button: str
    done: str
    form: type[PageForm]
    handler: Handler
    inputs: tuple[Input, ...]
    body: Callable[[Any], Mapping[str, Any] | None]
    intro: str = ""
    start: Callable[[Any], Mapping[str, Any]] = field(default=lambda _subject: {})
    at: str = ""
    danger: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    What steps are about. path: of its page, such as "/desk/cases/{id}". section: of the menu.

    load: reads it, for choices and what stands in a form at first. named: what it is called.
    """

    path: str
    section: str
    load: Callable[[Visit], Awaitable[Any]]
    named: Callable[[Any], str]


TEMPLATE: Final = "desk/step.html"


def step_routes(subject: Subject, steps: tuple[Step, ...]) -> list[web.RouteDef]:
    """Return the routes of all steps: each has a page, and takes its form."""
    routes = []
    for step in steps:
        view = _view(subject, step)
        path = f"{subject.path}/{step.slug}"
        routes += [web.get(path, view), web.post(path, view)]
    return routes


def _view(subject: Subject, step: Step) -> Any:
    async def step_page(visit: Visit) -> web.Response:
        loaded = await subject.load(visit)
        form = visit.form(step.form) if visit.sent else filled(**step.start(loaded))
        back = subject.path.format(**visit.path)
        if visit.sent and not form.mistakes:
            try:
                await visit.ask_here(step.handler, body=step.body(form.value))
            except Exception as error:
                refuse(form, error, at=step.at)
            else:
                return visit.go(back, _(step.done))
        return visit.page(
            TEMPLATE,
            section=subject.section,
            subject=loaded,
            title=subject.named(loaded),
            step=step,
            form=form,
            back=back,
        )

    return staff_page(step.right)(step_page)
