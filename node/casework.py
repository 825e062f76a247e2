"""How API, pages and commands begin to work on a case: on the day it is at this hub."""

import sqlite_utils

from content.cases.dates import day_of
from content.cases.request import Urgency
from content.cases.work import CaseWork
from content.changes import Act
from federation.hub import Hub
from node.settings import Settings


def begin_work(db: sqlite_utils.Database, hub: Hub, settings: Settings, act: Act) -> CaseWork:
    """Return what `act.by` can do with cases now, inside the transaction of db."""
    today = day_of(act.at, hub.identity.timezone)
    days = dict.fromkeys(Urgency, settings.answer_days)
    days[Urgency.HIGH] = settings.answer_days_urgent
    return CaseWork(db, hub.vault, hub.chance, act, today, due_days=days)
