"""
What a hub tells requesters and staff in sentences, in the language of the page.

The sentences are made below node/, in English, for pages, API and mails alike. Here they are known
one by one; what is not known, since a version changed it, is shown in English and says so.
"""

import re
from typing import Final

from node.web.said import Said, said, said_here
from node.web.speaking import N_
from node.web.speaking import gettext as _

SENTENCES: Final = frozenset(
    (
        # federation/requesters.py
        N_("The hub has your request. Nobody has looked at it yet."),
        N_("The hub is checking your request."),
        N_("The hub is working on your request."),
        N_("The hub has a question for you. Please reply."),
        N_("The hub asked another hub for help."),
        N_("Your request is answered. Please say whether that solved it."),
        N_("Your request is closed."),
        N_("You withdrew your request."),
        N_("Your request was erased; only its dates are kept."),
        N_("The hub asked another hub for help, and has a question for you. Please reply."),
        N_(
            "This hub does not take up personal matters. The bodies below can help you. What you"
            " had sent is erased."
        ),
        N_("is responsible for your request"),
        N_("was asked, and decides by"),
        N_("accepted your request"),
        N_("works on your request and asked this hub something"),
        N_("works on your request"),
        N_("has answered this hub, which looks at it now"),
        # federation/escalation/delivery_words.py
        N_("Their server does not answer at the moment; we keep trying."),
        N_("Our last message did not reach them; the people of this hub look at it."),
        N_("They have opened what we sent."),
        N_("It is on its way."),
        N_("It has arrived."),
        # federation/escalation/recipients.py
        N_("has a copy"),
        N_("was told to destroy its copy, has not confirmed it yet"),
        N_("was told to destroy its copy, has not confirmed it yet, and is overdue"),
        N_("declined; its program has destroyed the copy"),
        N_("did not decide in time; its program has destroyed the copy"),
        N_("was told to destroy its copy"),
        N_("confirmed with its signature that its copy is destroyed"),
        N_("did not confirm by itself; a person of this hub has seen to it"),
        N_("has a copy; the correction is on its way, and is not confirmed yet"),
        # federation/escalation/copy_file.py
        N_("can be fetched by that hub alone"),
        N_("arrives once the case is taken on and the hub that has it can be reached"),
        N_("here, among the files of the case"),
        N_("not available: its hub does not give it any more, or it was damaged"),
        # federation/escalation/grounds.py, as a copy says it
        N_("The requester agreed that a copy without their name goes to this hub."),
        N_("The requester agreed that a copy without their name goes to approved hubs."),
        # federation/requester_erasing.py
        N_("Your request, all messages, answers and what staff noted are erased for ever."),
        N_("So is the file."),
        N_("No other hub has a copy."),
        N_("What stays: that there was a request, its dates, and which hubs confirmed."),
        N_("Your code then shows only that. It cannot be undone."),
        # federation/escalation/grounds.py, for staff
        N_("The requester agreed that a copy without their name goes to this hub."),
        N_("The requester agreed that a copy without their name goes to approved hubs."),
        N_("The requester agreed on the phone that a copy without their name goes to this hub."),
        N_("The requester agreed in writing that a copy without their name goes to this hub."),
        N_("The requester said, face to face, that a copy without their name may go to this hub."),
        N_(
            "The hub passes it on in its public task (GDPR Art. 6(1)(e)); the requester was not"
            " asked."
        ),
        N_(
            "The hub passes it on in its legitimate interest (GDPR Art. 6(1)(f)); the requester was"
            " not asked."
        ),
        N_("The copy is about no person; the requester was not asked."),
    )
)
WORDS: Final = frozenset(
    (
        # federation/escalation/copy_fields.py and revealing.py
        N_("title"),
        N_("question"),
        N_("about the project"),
        N_("topics"),
        N_("principles"),
        N_("items of the framework"),
        N_("type of request"),
        N_("what is hoped for"),
        N_("stage of the project"),
        N_("language"),
        N_("country"),
        N_("jurisdiction"),
        N_("role of who asks"),
        N_("type of their organisation"),
        N_("urgency"),
        N_("day until which an answer is of use"),
        N_("day by which to decide"),
        N_("last moment of that day"),
        N_("files"),
        N_("label"),
        N_("sensitivity"),
        N_("ground for passing it on"),
        N_("ground for the transfer"),
        N_("whether it may be handed on"),
        N_("day by which it is deleted there"),
        N_("what it rests on, in words"),
        N_("your name"),
        N_("how to reach you"),
        N_("your organisation"),
        N_("of who asks: name"),
        N_("of who asks: contact"),
        N_("of who asks: organisation"),
        N_("contact"),
        N_("organisation"),
        N_("further information"),
        # federation/escalation/preview.py
        N_("name of who asks"),
        N_("their organisation"),
        N_("how to reach them"),
        N_("why the deadline is then"),
        N_("who works on it"),
        N_("messages and notes"),
        N_("drafts"),
        # federation/escalation/scanning.py
        N_("context"),
    )
)
"""What stands in lists: of what was in a copy, of what a hub knows."""
WITH_VALUES: Final = (
    # federation/escalation/preview.py
    N_("messages and notes (%(count)s)"),
    N_("drafts (%(count)s)"),
    N_("files (%(count)s)"),
    # federation/requester_erasing.py and escalation/recipients.py
    N_("So are the %(count)s files."),
    N_("Told to destroy their copies, and to confirm it: %(hubs)s."),
    N_("A law asks the hub to keep your request until %(day)s; it cannot be erased now."),
    N_("has a copy, corrected (version %(number)s), and has confirmed that"),
    N_("has a copy as it was before the correction of %(day)s; it was not told of that yet"),
    # federation/escalation/delivery_words.py, for staff
    N_("Our last message is on its way to %(host)s since %(since)s."),
    N_("The server of %(host)s has our last message since %(since)s; not opened there yet."),
    N_("%(host)s has opened our last message; confirmed %(since)s."),
    N_(
        "%(host)s does not answer; tried again and again since %(since)s. Nothing is lost: it goes"
        " out when their server is back."
    ),
    N_(
        "%(host)s does not answer (%(why)s); tried again and again since %(since)s. Nothing is"
        " lost: it goes out when their server is back."
    ),
    N_(
        "%(host)s does not have our last message. Look at it with hub offer show, call their"
        " people, then do it again."
    ),
    N_(
        "%(host)s does not have our last message (%(why)s). Look at it with hub offer show, call"
        " their people, then do it again."
    ),
)


def reading_of(message: str) -> re.Pattern[str]:
    """Return what finds the values in a sentence that was made like a message."""
    around = re.split(r"%\((\w+)\)s", message)
    parts = (f"(?P<{each}>.+)" if at % 2 else re.escape(each) for at, each in enumerate(around))
    return re.compile("".join(parts))


_READINGS: Final = tuple((reading_of(message), message) for message in WITH_VALUES)
_BETWEEN: Final = (N_("; it knows "), N_("; and "), N_(", "))
"""What joins the parts of a sentence, the widest first."""


def told(text: str) -> Said:
    """Return a sentence in the language of the page; in English, and marked so, if it is new."""
    found = _translated(text)
    return said(text, "en") if found is None else said_here(found)


def _translated(text: str) -> str | None:
    if text in SENTENCES or text in WORDS:
        return _(text)
    for pattern, message in _READINGS:
        if (match := pattern.fullmatch(text)) is not None:
            return _(message, **match.groupdict())
    for between in _BETWEEN:
        if between in text:
            parts = _each(text.split(between), between)
            return None if parts is None else _(between).join(parts)
    return None


def _each(parts: list[str], between: str) -> list[str] | None:
    """Return parts in the language of the page. One may hold what joins them."""
    found = []
    while parts:
        both = between.join(parts[:2])
        taken = 2 if both in WORDS else 1
        known = _(both) if taken == 2 else _translated(parts[0])
        if known is None:
            return None
        found.append(known)
        parts = parts[taken:]
    return found
