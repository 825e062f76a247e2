"""Users, tokens, and who am I."""

from datetime import timedelta

from content.people.permissions import Right
from content.people.second_factors import forget_second_factors
from content.people.store import UserStore
from content.people.tokens import TokenStore
from content.people.user import User, role_named
from node.api.models.common import Listing
from node.api.models.people import (
    IssuedAnswer,
    MeAnswer,
    NewRole,
    NewToken,
    NewUser,
    TokenAnswer,
    UserAnswer,
)
from node.api.routes import ApiRoute, Call, shaped

SUBJECT = "People"


async def me(call: Call) -> MeAnswer:
    """Say who calls."""
    caller = call.caller()
    rights = sorted(right.value for right in caller.rights)
    return MeAnswer(name=caller.name, role=caller.role, rights=rights)


async def list_users(call: Call) -> Listing[UserAnswer]:
    """Return all users, inactive ones too."""
    users = await call.read(lambda db: UserStore(db).list(inactive=True))
    return Listing(items=[shaped(UserAnswer, user) for user in users], total=len(users))


async def add_user(call: Call) -> UserAnswer:
    """Add a user."""
    body: NewUser = call.body
    user = User.new(body.name, body.display_name or body.name, role_named(body.role), call.act())
    await call.write(lambda db: UserStore(db).add(user, call.act()))
    return shaped(UserAnswer, user)


async def change_role(call: Call) -> UserAnswer:
    """Give a user another role."""
    role = role_named(call.body.role)
    name = call.path["name"]
    return shaped(
        UserAnswer,
        await call.write(lambda db: UserStore(db).change_role(name, role, call.act())),
    )


async def deactivate_user(call: Call) -> UserAnswer:
    """Let a user in no more; all their tokens end."""
    name = call.path["name"]
    return shaped(
        UserAnswer, await call.write(lambda db: UserStore(db).deactivate(name, call.act()))
    )


async def activate_user(call: Call) -> UserAnswer:
    """Let a user in again; old tokens stay revoked."""
    name = call.path["name"]
    return shaped(UserAnswer, await call.write(lambda db: UserStore(db).activate(name, call.act())))


async def reset_factors(call: Call) -> None:
    """Forget authenticator app, recovery codes and passkeys of a user who lost them."""
    name, act = call.path["name"], call.act()
    await call.write(lambda db: forget_second_factors(db, call.hub.vault, name, act))


async def list_tokens(call: Call) -> Listing[TokenAnswer]:
    """Return all tokens, without their secrets."""
    tokens = await call.read(lambda db: TokenStore(db).list())
    return Listing(items=[shaped(TokenAnswer, token) for token in tokens], total=len(tokens))


async def issue_token(call: Call) -> IssuedAnswer:
    """Make a token. Its secret is in this answer and nowhere else."""
    body: NewToken = call.body
    act = call.act()
    issued = await call.write(
        lambda db: TokenStore(db).issue(
            body.user or act.by,
            act,
            chance=call.hub.chance,
            label=body.label,
            role=None if body.role is None else role_named(body.role),
            expires_at=None if body.days is None else act.at + timedelta(days=body.days),
        )
    )
    return shaped(IssuedAnswer, issued.token, secret=issued.secret)


async def revoke_token(call: Call) -> TokenAnswer:
    """End a token now."""
    token_id = call.path["id"]
    return shaped(
        TokenAnswer, await call.write(lambda db: TokenStore(db).revoke(token_id, call.act()))
    )


_MANAGE = Right.USERS_MANAGE
ROUTES = (
    ApiRoute("GET", "/me", me, "Who calls", SUBJECT, MeAnswer, right=Right.NETWORK_READ),
    ApiRoute("GET", "/users", list_users, "All users", SUBJECT, Listing[UserAnswer], right=_MANAGE),
    ApiRoute(
        "POST",
        "/users",
        add_user,
        "Add a user",
        SUBJECT,
        UserAnswer,
        right=_MANAGE,
        body=NewUser,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/users/{name}/role",
        change_role,
        "Give another role",
        SUBJECT,
        UserAnswer,
        right=_MANAGE,
        body=NewRole,
    ),
    ApiRoute(
        "POST",
        "/users/{name}/deactivate",
        deactivate_user,
        "Let a user in no more",
        SUBJECT,
        UserAnswer,
        right=_MANAGE,
    ),
    ApiRoute(
        "POST",
        "/users/{name}/activate",
        activate_user,
        "Let a user in again",
        SUBJECT,
        UserAnswer,
        right=_MANAGE,
    ),
    ApiRoute(
        "POST",
        "/users/{name}/reset-factors",
        reset_factors,
        "Forget the second factors of a user",
        SUBJECT,
        None,
        right=_MANAGE,
        status=204,
    ),
    ApiRoute(
        "GET", "/tokens", list_tokens, "All tokens", SUBJECT, Listing[TokenAnswer], right=_MANAGE
    ),
    ApiRoute(
        "POST",
        "/tokens",
        issue_token,
        "Make a token",
        SUBJECT,
        IssuedAnswer,
        right=_MANAGE,
        body=NewToken,
        status=201,
    ),
    ApiRoute(
        "DELETE",
        "/tokens/{id}",
        revoke_token,
        "Revoke a token",
        SUBJECT,
        TokenAnswer,
        right=_MANAGE,
    ),
)
