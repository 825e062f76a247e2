"""
What this hub answers to other servers, as functions on plain values.

Each takes the node, the request and what the path names, and returns the answer; the shell in node/
maps routes to them and turns errors into problem documents.

actors.py who we are · discovery.py WebFinger and NodeInfo · collections.py outbox, followers ·
objects.py activities, resources, experts, items of the framework · heads.py the newest headers ·
logs.py manifest, logs · resource_files.py files of resources · forks.py evidence of forks
"""

from federation.serving.actors import actor, application
from federation.serving.collections import followers, following, outbox
from federation.serving.discovery import nodeinfo, nodeinfo_links, webfinger
from federation.serving.forks import forks
from federation.serving.heads import heads
from federation.serving.logs import log_page, manifest, network_log_page
from federation.serving.objects import (
    activity,
    expert_document,
    framework_item_document,
    resource_document,
)
from federation.serving.resource_files import resource_file

__all__ = [
    "activity",
    "actor",
    "application",
    "expert_document",
    "followers",
    "following",
    "forks",
    "framework_item_document",
    "heads",
    "log_page",
    "manifest",
    "network_log_page",
    "nodeinfo",
    "nodeinfo_links",
    "outbox",
    "resource_document",
    "resource_file",
    "webfinger",
]
