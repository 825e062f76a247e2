"""What handlers find in the application: `request.app[NODE]`, `request.app[SETTINGS]`."""

from collections.abc import Callable

from aiohttp import web

from federation.hub import Node
from node.home import HubHome
from node.limits import Limiter
from node.problems import ProblemDocument
from node.settings import Settings
from node.upload_room import UploadRoom
from node.web.sent import SentBox

NODE = web.AppKey("node", Node)
SETTINGS = web.AppKey("settings", Settings)
HOME = web.AppKey("home", HubHome)
LIMITER = web.AppKey("limiter", Limiter)
UPLOADS = web.AppKey("uploads", UploadRoom)
SENT = web.AppKey("sent", SentBox)

ProblemPage = Callable[[web.Request, ProblemDocument], web.Response]
PROBLEM_PAGE: web.AppKey[ProblemPage] = web.AppKey("problem_page")
"""Renders a problem as HTML for people; node/web/errors.py has it."""
