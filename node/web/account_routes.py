"""Which page answers where people sign in, and where they look after their account."""

from aiohttp import web

from node.app_keys import NODE, SETTINGS
from node.oidc.client import oidc_client
from node.oidc.provider import Provider
from node.web.challenges import CHALLENGES, Challenges
from node.web.flashes import FLASHES, Flashes
from node.web.passwords import PASSWORDS, PasswordDesk
from node.web.views.account import (
    account_page,
    change_password,
    end_other_sessions,
    end_session,
)
from node.web.views.city import (
    PROVIDER,
    back_from_city,
    link_city,
    sign_in_with_city,
    unlink_city,
    welcome_with_city,
)
from node.web.views.passkeys import (
    add_passkey,
    passkeys_page,
    remove_passkey,
    sign_in_with_passkey,
)
from node.web.views.second_factor import (
    begin_totp,
    confirm_totp,
    remove_totp,
    renew_recovery_codes,
    second_factor_page,
)
from node.web.views.second_step import second_step, second_step_page
from node.web.views.sign_in import sign_in, sign_in_page, sign_out
from node.web.views.tokens import add_token, revoke_token, tokens_page
from node.web.views.welcome import welcome, welcome_page


def set_up_accounts(app: web.Application) -> None:
    """Give the application what signing in needs. Raises OidcUnusable."""
    node = app[NODE]
    app[FLASHES] = Flashes()
    app[PASSWORDS] = PasswordDesk()
    app[CHALLENGES] = Challenges(node.hub.chance, node.clock)
    client = oidc_client(app[SETTINGS])
    if client is not None:
        app[PROVIDER] = Provider(client, node.transport)


def account_routes() -> list[web.RouteDef]:
    """Return the pages of signing in, and of My account."""
    return [
        web.get("/sign-in", sign_in_page),
        web.post("/sign-in", sign_in),
        web.post("/sign-in/passkey", sign_in_with_passkey),
        web.get("/sign-in/code", second_step_page),
        web.post("/sign-in/code", second_step),
        web.get("/sign-in/city", sign_in_with_city),
        web.get("/sign-in/city/back", back_from_city),
        web.post("/sign-out", sign_out),
        web.get("/welcome/{token}", welcome_page),
        web.post("/welcome/{token}", welcome),
        web.get("/welcome/{token}/city", welcome_with_city),
        web.get("/account", account_page),
        web.post("/account/city", link_city),
        web.post("/account/city/remove", unlink_city),
        web.post("/account/password", change_password),
        web.get("/account/passkeys", passkeys_page),
        web.post("/account/passkeys/add", add_passkey),
        web.post("/account/passkeys/remove", remove_passkey),
        web.get("/account/second-factor", second_factor_page),
        web.post("/account/second-factor/begin", begin_totp),
        web.post("/account/second-factor/confirm", confirm_totp),
        web.post("/account/second-factor/recovery", renew_recovery_codes),
        web.post("/account/second-factor/remove", remove_totp),
        web.post("/account/sessions/end", end_session),
        web.post("/account/sessions/end-others", end_other_sessions),
        web.get("/account/tokens", tokens_page),
        web.post("/account/tokens/add", add_token),
        web.post("/account/tokens/revoke", revoke_token),
    ]
