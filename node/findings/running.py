"""All that can be looked at while the hub runs, in one reading of its database."""

import sqlite_utils

from federation.hub import Node
from node.findings.audit import of_audit, of_backups
from node.findings.hub import Finding, of_experts, of_hub
from node.findings.incidents import of_incidents
from node.findings.keys import of_keys
from node.findings.mail import of_mail
from node.home import HubHome
from node.settings import Settings


def of_running(
    db: sqlite_utils.Database, node: Node, settings: Settings, home: HubHome
) -> list[Finding]:
    """Return what is found of keys, hub, mails, incidents, experts, audit and backups."""
    now = node.clock.now()
    return [
        *of_keys(db, node),
        *of_hub(db, node, settings),
        *of_mail(db, node, settings),
        *of_incidents(db, node.hub.vault, now),
        *of_experts(db, now),
        *of_audit(db, home, now),
        *of_backups(db, now),
    ]
