"""
What somebody of this hub has in common with a case, and how much of their time is left.

Facts for the person who decides whether to take the case on: out of what is noted about them, and
out of their listing if they are a listed expert. Nobody is ranked by it.
"""

from dataclasses import dataclass
from datetime import date

import sqlite_utils

from content.cases.case import Case
from content.experts.accounts import ExpertAccountStore
from content.experts.hours import ExpertHoursStore
from content.experts.store import ExpertStore
from content.language import primary_language
from content.people.profiles import ProfileStore
from content.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class InCommon:
    """
    Where a person and a case meet.

    topics: of theirs that are the same as one of the case, part of it or around it. languages: of
    the case that they write. countries: of the case whose law they know. hours_a_month: that they
    agreed to give; None without a listing that says so. minutes_this_month: of them worked already.
    """

    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    hours_a_month: int | None = None
    minutes_this_month: int = 0


def in_common(db: sqlite_utils.Database, case: Case, user: str, today: date) -> InCommon:
    """Return what a user has in common with a case. today: a day of the month that is meant."""
    profile = ProfileStore(db).find(user)
    listing = ExpertAccountStore(db).listing_of(user)
    expert = None if listing is None else ExpertStore(db).find(listing)
    if expert is None:
        return InCommon(
            topics=_near(profile.topics, case), languages=_spoken(profile.languages, case)
        )
    record = expert.record
    return InCommon(
        topics=_near((*profile.topics, *record.topics), case),
        languages=_spoken((*profile.languages, *record.languages), case),
        countries=tuple(each for each in record.jurisdictions if each == case.country),
        hours_a_month=record.capacity_hours or None,
        minutes_this_month=ExpertHoursStore(db).of_month(today).get(expert.id, 0),
    )


def _near(topics: tuple[str, ...], case: Case) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys(topics) if _is_near(each, case.topics))


def _spoken(tags: tuple[str, ...], case: Case) -> tuple[str, ...]:
    written = {primary_language(tag) for tag in tags}
    return (case.language,) if primary_language(case.language) in written else ()


def _is_near(known: str, needed: tuple[str, ...]) -> bool:
    vocabulary = Vocabulary.load()
    if known in needed:
        return True
    if known not in vocabulary:
        return False
    return any(
        each in vocabulary.broader(known) or known in vocabulary.broader(each)
        for each in needed
        if each in vocabulary
    )
