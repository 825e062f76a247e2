"""Which page answers at which address."""

from aiohttp import web

from node.web.account_routes import account_routes, set_up_accounts
from node.web.assets import static_file
from node.web.pages import set_up_templates
from node.web.views import network
from node.web.views.api import api_page
from node.web.views.ask import ask_page, elsewhere_page, request_page, take_request
from node.web.views.ask_sent import sent_file, sent_page
from node.web.views.citation import held_resource_citation, resource_citation
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
from node.web.views.privacy import privacy_page
from node.web.views.resource import held_resource_page, resource_page
from node.web.views.resources import resources_page
from node.web.views.status import come_back, come_back_page


def set_up_web(app: web.Application) -> None:
    """Give the application what its pages need; settings and node are in it already."""
    set_up_accounts(app)
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
        *network.ROUTES,
        *account_routes(),
        *desk_routes(),
        *duty_routes(),
    ]
