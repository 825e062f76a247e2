"""One mail comes in, whoever brings it: read, checked, and kept until its sender confirms it."""

import asyncio

from content.mail.incoming import LARGEST_MAIL, IncomingMail, MailNotTaken, read_mail
from federation.hub import Node
from federation.mail_intake import Arrival, refuse_mail, take_mail, usable_files

MOST_READ = LARGEST_MAIL + 1
"""So many bytes are enough to see that a mail is too large."""


async def take_arrived(node: Node, raw: bytes, own: str) -> Arrival:
    """
    Take one mail; what is decided about it is on disk.

    own: the address that the hub writes from. Raises TooManyUnconfirmed, and what a database
    raises: then the mail is to come again. Nothing of the mail is in any error.
    """
    now, hub = node.clock.now(), node.hub
    try:
        # Parsing and looking into files take a while for large mails; the loop goes on meanwhile.
        mail, files = await asyncio.to_thread(_understood, raw, own)
    except MailNotTaken as refusal:
        refused = refusal
        arrival = await node.database.write(lambda db: refuse_mail(db, hub, refused, now))
    else:
        arrival = await node.database.write(lambda db: take_mail(db, hub, mail, files, now))
    node.bell.ring()
    return arrival


def _understood(raw: bytes, own: str) -> tuple[IncomingMail, tuple[tuple[str, bytes], ...]]:
    mail = read_mail(raw, own=own)
    return mail, usable_files(mail)
