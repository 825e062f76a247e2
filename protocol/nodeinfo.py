"""
NodeInfo 2.1: what software runs here, for statistics (FEP-f1d5, FEP-0151, FEP-2677).

It must not be used to find out what a server can do, and we do not. Numbers are true or absent.
"""

from typing import Final

from protocol.context import AS2
from protocol.errors import InvalidDocument
from protocol.ids import application_id
from protocol.json import JsonObject

SOFTWARE: Final = "rights-hub"
SCHEMAS: Final = {
    version: f"http://nodeinfo.diaspora.software/ns/schema/{version}" for version in ("2.1", "2.0")
}
APPLICATION_REL: Final = f"{AS2}#Application"


def nodeinfo_links(origin: str) -> JsonObject:
    """Return /.well-known/nodeinfo: both versions, and the server actor (FEP-2677)."""
    links = [
        {"rel": schema, "href": f"{origin}/nodeinfo/{version}"}
        for version, schema in SCHEMAS.items()
    ]
    links.append({"rel": APPLICATION_REL, "href": application_id(origin)})
    return {"links": links}


def nodeinfo(
    version: str, *, software_version: str, name: str, kind: str, posts: int | None = None
) -> JsonObject:
    """
    Return /nodeinfo/{version}.

    version: 2.0 or 2.1. posts: how many resources are published here, None to say nothing.
    Raises InvalidDocument for another version.
    """
    if version not in SCHEMAS:
        raise InvalidDocument("NodeInfo is served in the versions 2.0 and 2.1.")
    usage: JsonObject = {"users": {}}
    if posts is not None:
        usage["localPosts"] = posts
    return {
        "version": version,
        "software": {"name": SOFTWARE, "version": software_version},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0"]},
        "openRegistrations": False,
        "usage": usage,
        "metadata": {"nodeName": name, "nodeKind": kind},
    }


def media_type(version: str) -> str:
    """Return the Content-Type of /nodeinfo/{version}."""
    return f'application/json; profile="{SCHEMAS[version]}#"'


def read_software(document: JsonObject) -> tuple[str, str]:
    """Return name and version of the software. Raises InvalidDocument without them."""
    software = document.get("software")
    fields = software if isinstance(software, dict) else {}
    name, version = fields.get("name"), fields.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise InvalidDocument("The NodeInfo document names no software.")
    return name[:100], version[:100]
