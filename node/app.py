"""The application: every address of the hub, and which function answers there."""

from aiohttp import web

from federation.endpoints import ENDPOINTS
from federation.hub import Node
from node.app_keys import HOME, LIMITER, NODE, PROBLEM_PAGE, SENT, SETTINGS, UPLOADS
from node.catalogue_doors import catalogue_routes
from node.feeds import feed_routes
from node.health import health_routes
from node.home import HubHome
from node.limits import Limiter
from node.middleware import surrounding
from node.oai.door import oai_routes
from node.settings import Settings
from node.shell import LARGEST_BODY, negotiated, served_by
from node.upload_room import UploadRoom
from node.web.sent import SentBox

_ALSO_PAGES = {each.path: each.function for each in ENDPOINTS if each.also_a_page}
"""Addresses that are a page for people and a document for programs."""


def build_app(node: Node, settings: Settings, home: HubHome) -> web.Application:
    """Return the application of an open node."""
    from node.api.endpoints import api_routes
    from node.web.choosing import in_language_of_reader
    from node.web.errors import render_problem
    from node.web.routes import set_up_web, web_routes

    app = web.Application(
        middlewares=[in_language_of_reader, surrounding(https=settings.https)],
        client_max_size=LARGEST_BODY,
    )
    app[NODE], app[SETTINGS], app[HOME] = node, settings, home
    app[LIMITER] = Limiter(settings.trusted_proxies)
    app[UPLOADS] = UploadRoom()
    app[SENT] = SentBox()
    app[PROBLEM_PAGE] = render_problem
    set_up_web(app)
    app.add_routes(server_routes())
    app.add_routes(health_routes())
    app.add_routes(feed_routes())
    app.add_routes(catalogue_routes())
    app.add_routes(oai_routes())
    app.add_routes(api_routes())
    for route in web_routes():
        app.add_routes([_with_document(route) if isinstance(route, web.RouteDef) else route])
    return app


def server_routes() -> list[web.RouteDef]:
    """Return the endpoints that other servers use, without those that are pages as well."""
    return [
        web.route(each.method, each.path, served_by(each.function, early=each.early))
        for each in ENDPOINTS
        if not each.also_a_page
    ]


def _with_document(route: web.RouteDef) -> web.RouteDef:
    document = _ALSO_PAGES.get(route.path)
    if document is None or route.method not in ("GET", "HEAD", "*"):
        return route
    return web.RouteDef(route.method, route.path, negotiated(document, route.handler), route.kwargs)
