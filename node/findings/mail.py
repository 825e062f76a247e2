"""What `hub doctor` looks at among the mails."""

from collections.abc import Iterator
from datetime import timedelta

import sqlite_utils

from content.mail.queue import MailQueue
from federation.hub import Node
from node.findings.hub import Finding
from node.mail.servers import MailServerUnusable, imap_server, smtp_server
from node.settings import Settings

LATE = timedelta(hours=1)


def of_mail(db: sqlite_utils.Database, node: Node, settings: Settings) -> Iterator[Finding]:
    """Look at the settings of mail, and at what failed or waits."""
    try:
        server = smtp_server(settings)
        imap_server(settings)
        if server is not None and server.tls != "none":
            server.tls_context()
    except MailServerUnusable as error:
        yield Finding("broken", "mail", str(error), "Correct this, then start the server again.")
        return
    if server is None:
        yield Finding("ok", "mail", "no mail server is set; nobody is told by mail")
        return
    queue = MailQueue(db)
    failed = queue.count()["failed"]
    late = [m for m in queue.list("waiting", 1000) if m.made_at < node.clock.now() - LATE]
    if failed:
        yield Finding("look", "mail", f"{failed} failed", "See hub mail status")
    if late:
        why = late[-1].reason or "nobody tried"
        yield Finding("look", "mail", f"{len(late)} wait: {why}", "See hub mail status")
    if not failed and not late:
        yield Finding("ok", "mail", f"sent by {server.host}, none failed, none late")
