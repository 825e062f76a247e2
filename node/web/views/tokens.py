"""My account: tokens with which my programs act for me (SECURITY.md S44)."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final

import sqlite_utils
from aiohttp import web
from pydantic import Field, StringConstraints

from content.people.permissions import Role, is_within
from content.people.tokens import LONGEST_LABEL, Token, TokenNotFound, TokenStore
from node.web.forms import Filled, PageForm, Sure, filled
from node.web.second_factor import SecondFactorNeeded
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import SECOND_FACTOR, Visit, lacks_second_factor, staff_page

TOKENS: Final = "/account/tokens"
LONGEST_DAYS: Final = 365
ROLE_NAMES: Final[dict[Role, str]] = {
    Role.READER: N_("Read what hubs share among each other"),
    Role.EXPERT: N_("Answer the cases that are assigned to me"),
    Role.CASEWORKER: N_("Work on cases, catalogue and experts"),
    Role.OPERATOR: N_("Everything, also users, peers and keys"),
}


class NewTokenForm(PageForm):
    """What the token is for, what it may, and for how long."""

    missing: ClassVar = {"label": N_("Say what it is for, such as the website of the city.")}

    label: Annotated[str, StringConstraints(max_length=LONGEST_LABEL)]
    role: Role
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90


class RevokeTokenForm(PageForm):
    """Which token to end."""

    token: Annotated[str, StringConstraints(max_length=64)]
    sure: Sure


@staff_page(None)
async def tokens_page(visit: Visit) -> web.Response:
    """GET /account/tokens."""
    if lacks_second_factor(visit.request, visit.person):
        return visit.go(SECOND_FACTOR)
    return await _shown(visit, filled(days=90, role=Role.READER))


@staff_page(None)
async def add_token(visit: Visit) -> web.Response:
    """POST /account/tokens/add: its secret is in this answer and nowhere else."""
    _need_second_factor(visit)
    form, act, name = visit.form(NewTokenForm), visit.act(), visit.person.name
    if form.checked is not None and not is_within(form.checked.role, visit.person.role):
        form.refuse(_("Choose one from the list."), "role")
    if form.mistakes:
        return await _shown(visit, form)
    new = form.value
    issued = await visit.write(
        lambda db: TokenStore(db).issue(
            name,
            act,
            chance=visit.hub.chance,
            label=new.label,
            role=new.role,
            expires_at=act.at + timedelta(days=new.days),
        )
    )
    return visit.page(
        "token_made.html", section="account", secret=issued.secret, token=issued.token
    )


@staff_page(None)
async def revoke_token(visit: Visit) -> web.Response:
    """POST /account/tokens/revoke: one of mine ends now."""
    form, act, name = visit.form(RevokeTokenForm), visit.act(), visit.person.name
    if form.mistakes:
        return await _shown(visit, form)
    token_id = form.value.token

    def work(db: sqlite_utils.Database) -> None:
        if TokenStore(db).get(token_id).user != name:
            raise TokenNotFound(token_id)
        TokenStore(db).revoke(token_id, act)

    try:
        await visit.write(work)
    except TokenNotFound:
        return visit.go(TOKENS, _("That token had ended already."))
    return visit.go(TOKENS, _("That token opens nothing any more."))


def _need_second_factor(visit: Visit) -> None:
    if lacks_second_factor(visit.request, visit.person):
        raise SecondFactorNeeded


async def _shown(visit: Visit, form: Filled[Any]) -> web.Response:
    name, now = visit.person.name, visit.now()

    def work(db: sqlite_utils.Database) -> tuple[Token, ...]:
        return tuple(
            each
            for each in TokenStore(db).list(name)
            if each.revoked_at is None and (each.expires_at is None or each.expires_at > now)
        )

    return visit.page(
        "tokens.html",
        section="account",
        form=form,
        tokens=await visit.read(work),
        names={role: _(text) for role, text in ROLE_NAMES.items()},
        roles=[
            (role.value, _(text))
            for role, text in ROLE_NAMES.items()
            if is_within(role, visit.person.role)
        ],
        most=LONGEST_DAYS,
    )
