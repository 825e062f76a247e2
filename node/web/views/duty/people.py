"""Users and tokens: who works at this hub, in which role, and which programs act for them."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.people.invitations import DAYS, InvitationStore
from content.people.permissions import Right, Role
from node.api import people
from node.web.forms import Mistake, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.views.account import ROLES

PATH: Final = "/duty/people"
TOKENS: Final = "/duty/tokens"


class NewUserForm(PageForm):
    """Somebody to be added."""

    missing: ClassVar[Mapping[str, str]] = {
        "name": N_("Choose a short name for signing in."),
        "role": N_("Choose a role."),
    }
    name: Annotated[str, Field(max_length=64)]
    display_name: Annotated[str, Field(max_length=120)] = ""
    role: Role


class RoleForm(PageForm):
    """Another role."""

    role: Role


class NewTokenForm(PageForm):
    """A token for a program."""

    missing: ClassVar[Mapping[str, str]] = {"label": N_("Say which program it is for.")}
    label: Annotated[str, Field(max_length=120)]
    role: Role | None = None
    days: Annotated[int, Field(ge=1, le=3650)] = 90


@staff_page(Right.USERS_MANAGE)
async def people_page(visit: Visit) -> web.Response:
    """GET and POST /duty/people: the list, and adding somebody; the link is shown once."""
    form = visit.form(NewUserForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        body = {
            "name": form.value.name,
            "display_name": form.value.display_name or None,
            "role": form.value.role.value,
        }
        try:
            user = await visit.ask(people.add_user, body=body)
        except Exception as error:
            refuse(form, error, at="name")
        else:
            return await _invited(visit, user.name)
    found = await visit.ask(people.list_users)
    return visit.page(
        "duty/people.html", section="duty", users=found.items, form=form, roles=_roles()
    )


@staff_page(Right.USERS_MANAGE)
async def invite(visit: Visit) -> web.Response:
    """POST /duty/people/{name}/invite: a new link with which they choose a password."""
    return await _invited(visit, visit.path["name"])


@staff_page(Right.USERS_MANAGE)
async def change_role(visit: Visit) -> web.Response:
    """POST /duty/people/{name}/role."""
    form = visit.form(RoleForm)
    if not form.mistakes:
        try:
            await visit.ask_here(people.change_role, body={"role": form.value.role.value})
        except Exception as error:
            refuse(form, error)
    return await _back(visit, form.mistakes, _("The role is changed."))


@staff_page(Right.USERS_MANAGE)
async def deactivate(visit: Visit) -> web.Response:
    """POST /duty/people/{name}/deactivate."""
    form = filled()
    try:
        await visit.ask_here(people.deactivate_user)
    except Exception as error:
        refuse(form, error)
    return await _back(
        visit, form.mistakes, _("They cannot sign in any more. You can let them in again.")
    )


@staff_page(Right.USERS_MANAGE)
async def activate(visit: Visit) -> web.Response:
    """POST /duty/people/{name}/activate."""
    await visit.ask_here(people.activate_user)
    return visit.go(PATH, _("They are let in again."))


@staff_page(Right.USERS_MANAGE)
async def reset_factors(visit: Visit) -> web.Response:
    """GET and POST /duty/people/{name}/reset-factors."""
    found = await visit.ask(people.list_users)
    user = next((each for each in found.items if each.name == visit.path["name"]), None)
    if user is None:
        raise PageHidden
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.ask_here(people.reset_factors)
        return visit.go(PATH, _("Forgotten. They set up an app anew when they sign in."))
    return visit.page(
        "duty/sure.html",
        section="duty",
        form=form,
        back=PATH,
        title=_("Forget the second factors of %(name)s", name=user.display_name),
        says=_(
            "For somebody who lost their phone. Authenticator app, recovery codes and passkeys are"
            " forgotten, and all their sessions end; the password stays. Be sure first that it is"
            " they who ask, such as by calling them back."
        ),
        sure=_("Yes, I know that it is they who ask"),
        button=_("Forget them"),
    )


@staff_page(Right.USERS_MANAGE)
async def tokens_page(visit: Visit) -> web.Response:
    """GET and POST /duty/tokens: the list, and a new one, whose secret is shown once."""
    form = visit.form(NewTokenForm) if visit.sent else filled(days=90)
    issued = None
    if visit.sent and not form.mistakes:
        body = form.value.model_dump(mode="json", exclude_none=True)
        try:
            issued = await visit.ask(people.issue_token, body=body)
        except Exception as error:
            refuse(form, error, at="label")
    found = await visit.ask(people.list_tokens)
    return visit.page(
        "duty/tokens.html",
        section="duty",
        tokens=found.items,
        issued=issued,
        form=form,
        roles=_roles(),
        role_names=dict(_roles()),
        now=visit.now(),
    )


@staff_page(Right.USERS_MANAGE)
async def revoke(visit: Visit) -> web.Response:
    """POST /duty/tokens/{id}/revoke."""
    await visit.ask_here(people.revoke_token)
    return visit.go(TOKENS, _("The token is ended."))


async def _invited(visit: Visit, name: str) -> web.Response:
    act = visit.act()

    chance = visit.hub.chance
    secret = await visit.write(lambda db: InvitationStore(db).make(name, act, chance=chance))
    return visit.page(
        "duty/invited.html",
        section="duty",
        name=name,
        link=f"{visit.settings.origin}/welcome/{secret}",
        days=DAYS,
    )


async def _back(visit: Visit, mistakes: list[Mistake], done: str) -> web.Response:
    if mistakes:
        visit.flash(" ".join(each.text for each in mistakes), "note")
        return visit.go(PATH)
    return visit.go(PATH, done)


def _roles() -> list[tuple[str, str]]:
    return [(role.value, _(ROLES[role])) for role in Role]


ROUTES = [
    web.get(PATH, people_page),
    web.post(PATH, people_page),
    web.post("/duty/people/{name}/invite", invite),
    web.post("/duty/people/{name}/role", change_role),
    web.post("/duty/people/{name}/deactivate", deactivate),
    web.post("/duty/people/{name}/activate", activate),
    web.get("/duty/people/{name}/reset-factors", reset_factors),
    web.post("/duty/people/{name}/reset-factors", reset_factors),
    web.get(TOKENS, tokens_page),
    web.post(TOKENS, tokens_page),
    web.post("/duty/tokens/{id}/revoke", revoke),
]
