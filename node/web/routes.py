"""Which page answers at which address."""

from aiohttp import web

from node.app_keys import NODE, SETTINGS
from node.oidc.client import oidc_client
from node.oidc.provider import Provider
from node.web.assets import static_file
from node.web.challenges import CHALLENGES, Challenges
from node.web.flashes import FLASHES, Flashes
from node.web.pages import set_up_templates
from node.web.passwords import PASSWORDS, PasswordDesk
from node.web.views import network
from node.web.views.account import (
    account_page,
    change_password,
    end_other_sessions,
    end_session,
)
from node.web.views.api import api_page
from node.web.views.ask import ask_page, elsewhere_page, request_page, take_request
from node.web.views.ask_sent import sent_file, sent_page
from node.web.views.citation import held_resource_citation, resource_citation
from node.web.views.city import (
    PROVIDER,
    back_from_city,
    link_city,
    sign_in_with_city,
    unlink_city,
    welcome_with_city,
)
from node.web.views.desk.routes import desk_routes
from node.web.views.duty.routes import duty_routes
from node.web.views.expert import expert_page, held_expert_page
from node.web.views.experts import experts_page
from node.web.views.feed import feed_page
from node.web.views.framework import (
    framework_item_page,
    framework_page,
    held_framework_item_page,
    held_framework_page,
)
from node.web.views.home import accessibility_page, home_page
from node.web.views.hubs import hubs_page
from node.web.views.listing import decide_listing, listing_page
from node.web.views.mail import decide_mail, mail_page
from node.web.views.passkeys import (
    add_passkey,
    passkeys_page,
    remove_passkey,
    sign_in_with_passkey,
)
from node.web.views.privacy import privacy_page
from node.web.views.resource import held_resource_page, resource_page
from node.web.views.resources import resources_page
from node.web.views.second_factor import (
    begin_totp,
    confirm_totp,
    remove_totp,
    renew_recovery_codes,
    second_factor_page,
)
from node.web.views.second_step import second_step, second_step_page
from node.web.views.sign_in import sign_in, sign_in_page, sign_out
from node.web.views.status import come_back, come_back_page
from node.web.views.welcome import welcome, welcome_page


def set_up_web(app: web.Application) -> None:
    """Give the application what its pages need; settings and node are in it already."""
    app[FLASHES] = Flashes()
    app[PASSWORDS] = PasswordDesk()
    client = oidc_client(app[SETTINGS])
    if client is not None:
        app[PROVIDER] = Provider(client, app[NODE].transport)
    app[CHALLENGES] = Challenges(app[NODE].hub.chance, app[NODE].clock)
    set_up_templates(app)


def web_routes() -> list[web.AbstractRouteDef]:
    """Return the pages. Two of them are documents for programs too (node/app.py)."""
    return [
        web.get("/", home_page),
        web.get("/resources", resources_page),
        web.get("/resources/{ulid}", resource_page),
        web.get("/hubs/{host}/resources/{ulid}", held_resource_page),
        web.get("/resources/{ulid}/citation.{ending}", resource_citation),
        web.get("/hubs/{host}/resources/{ulid}/citation.{ending}", held_resource_citation),
        web.get("/experts", experts_page),
        web.get("/experts/{ulid}", expert_page),
        web.get("/hubs/{host}/experts/{ulid}", held_expert_page),
        web.get("/framework", framework_page),
        web.get("/framework/{ulid}", framework_item_page),
        web.get("/hubs/{host}/framework", held_framework_page),
        web.get("/hubs/{host}/framework/{ulid}", held_framework_item_page),
        web.get("/hubs", hubs_page),
        web.get("/feed", feed_page),
        web.get("/ask", ask_page),
        web.get("/ask/elsewhere", elsewhere_page),
        web.get("/ask/request", request_page),
        web.post("/ask/request", take_request),
        web.get("/ask/sent/{handle}", sent_page),
        web.get("/ask/sent/{handle}/{file}", sent_file),
        web.get("/ask/status", come_back_page),
        web.post("/ask/status", come_back),
        web.get("/api", api_page),
        web.get("/privacy", privacy_page),
        web.get("/accessibility", accessibility_page),
        web.get("/listing/{token}", listing_page),
        web.post("/listing/{token}", decide_listing),
        web.get("/mail/{token}", mail_page),
        web.post("/mail/{token}", decide_mail),
        web.get("/static/{name}", static_file),
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
        *network.ROUTES,
        *desk_routes(),
        *duty_routes(),
    ]
