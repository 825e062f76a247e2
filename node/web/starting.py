"""
The first steps of a hub: which there are, what is done of each by the hub itself, what was put off.

Nothing is kept of them but that somebody put one off; the rest is read from settings and database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlite_utils

from content.backups import BACKUP, MADE, MADE_KEYS
from content.changes import Act, ChangeStore
from content.people.store import UserStore
from content.redress import RedressStore
from content.resources.resource import ResourceState
from content.resources.store import ResourceStore
from federation.peers import PeerStore
from node.settings import Settings
from node.web import words
from node.web.speaking import N_, ngettext
from node.web.speaking import gettext as _

PATH: Final = "/duty/start"
SUBJECT: Final = "first-steps"
PUT_OFF, REACHED, NOT_REACHED = "start.put-off", "start.reached", "start.not-reached"
"""What is recorded: that a step was put off, and how the address of the hub answered."""
TITLES: Final[Mapping[str, str]] = {
    "who": N_("Who we are"),
    "privacy": N_("Who answers for the data"),
    "languages": N_("Language and time"),
    "catalogue": N_("Begin the catalogue"),
    "people": N_("People who work here"),
    "peer": N_("A first peer"),
    "elsewhere": N_("Who helps with personal matters"),
    "mail": N_("Mails"),
    "backup": N_("Backups"),
    "outside": N_("A look from outside"),
}


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step. fact: what there is of it, in the language of the page; "" for nothing."""

    slug: str
    number: int
    done: bool
    put_off: bool
    fact: str

    @property
    def title(self) -> str:
        """Return what it is called."""
        return _(TITLES[self.slug])

    @property
    def path(self) -> str:
        """Return the address of its page."""
        return f"{PATH}/{self.slug}"

    @property
    def open(self) -> bool:
        """Return whether it still waits for somebody."""
        return not (self.done or self.put_off)


def first_steps(db: sqlite_utils.Database, settings: Settings) -> tuple[FirstStep, ...]:
    """Return all steps in their order."""
    noted = ChangeStore(db).of(SUBJECT, 100).items
    put_off = {each.note for each in noted if each.what == PUT_OFF}
    looked = [each.what for each in noted if each.what in (REACHED, NOT_REACHED)]
    facts = {**_facts(db, settings), "outside": _reached(looked, settings)}
    return tuple(
        FirstStep(
            slug,
            number,
            done=facts[slug][0],
            put_off=slug in put_off and not facts[slug][0],
            fact=facts[slug][1],
        )
        for number, slug in enumerate(TITLES, start=1)
    )


def put_off(db: sqlite_utils.Database, slug: str, act: Act) -> None:
    """Note that a step can wait; it comes back on no list, and stays where it is."""
    ChangeStore(db).record(act, PUT_OFF, SUBJECT, slug)


def note_look(db: sqlite_utils.Database, answered: bool, act: Act) -> None:
    """Note whether the public address of the hub answered."""
    ChangeStore(db).record(act, REACHED if answered else NOT_REACHED, SUBJECT)


def _facts(db: sqlite_utils.Database, settings: Settings) -> dict[str, tuple[bool, str]]:
    """Return of each step whether it is done, and what there is."""
    records = ResourceStore(db).count(ResourceState.PUBLISHED)
    peers = len(PeerStore(db).active("hub", "coalition"))
    people = len(UserStore(db).list())
    saved = {each.what for each in ChangeStore(db).of(BACKUP, 100).items}
    half = _("only half of it: data or keys") if saved & {MADE, MADE_KEYS} else ""
    both = {MADE, MADE_KEYS} <= saved
    return {
        "who": (bool(settings.contact), settings.contact),
        "privacy": (bool(settings.controller), settings.controller),
        "languages": (True, f"{words.own_name(settings.language)}, {settings.timezone}"),
        "catalogue": (
            records > 0,
            ngettext("%(num)s resource", "%(num)s resources", records, num=words.number(records)),
        ),
        "people": (people > 1, ngettext("%(num)s person", "%(num)s people", people, num=people)),
        "elsewhere": _elsewhere(db, settings.country),
        "peer": (peers > 0, ngettext("%(num)s peer", "%(num)s peers", peers, num=peers)),
        "mail": (bool(settings.smtp_host), settings.mail_sender),
        "backup": (both, "" if both else half),
    }


def _elsewhere(db: sqlite_utils.Database, country: str) -> tuple[bool, str]:
    """Return whether somebody here has looked at all bodies of the country."""
    bodies = [each for each in RedressStore(db).find(country) if each.country == country]
    checked = sum(1 for each in bodies if each.checked_on)
    fact = _("%(done)s of %(all)s are checked.", done=checked, all=len(bodies)) if bodies else ""
    return bool(bodies) and checked == len(bodies), fact


def _reached(looked: list[str], settings: Settings) -> tuple[bool, str]:
    """Return how the last look went; newest first."""
    if not looked:
        return False, ""
    if looked[0] == REACHED:
        return settings.https, "" if settings.https else _("it answers, but not over https")
    return False, _("it did not answer")
