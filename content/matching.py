"""
Who could answer a case: staff, experts and hubs, ranked by rules that a person can read.

No statistics and no learning: each rule gives points for one fact and says so in words, so that
staff can disagree with a match. Pure: the caller brings the candidates.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from content.cases.request import Wanted
from content.experts.record import Offer
from content.folding import words_of
from content.language import primary_language
from content.matching_rules import MatchingRules
from content.names import country_name, language_name
from content.vocabulary import Vocabulary

Kind = Literal["staff", "expert", "hub"]
FEWEST_CASES: Final = 3
"""Of fewer escalations to a hub nothing is said about how quick it is."""
DEFAULT_RULES: Final = MatchingRules()
SERVED_BY: Final[Mapping[Wanted, tuple[Offer, ...]]] = {
    Wanted.ANSWER: ("drafting",),
    Wanted.INTRODUCTION: ("call",),
    Wanted.REVIEW: ("review",),
    Wanted.TRAINING: ("workshop",),
}
_WANTED: Final[Mapping[Wanted, str]] = {
    Wanted.ANSWER: "an answer",
    Wanted.INTRODUCTION: "an introduction",
    Wanted.REVIEW: "a review",
    Wanted.TRAINING: "training",
}
_OFFERED: Final[Mapping[Offer, str]] = {
    "review": "reviews",
    "call": "calls",
    "workshop": "workshops",
    "drafting": "drafting",
}
_ORDER: Final[Mapping[Kind, int]] = {"staff": 0, "expert": 1, "hub": 2}
"""Among equal ones: whom to ask first."""
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """
    What the case needs. languages: in which an answer helps, the best first.

    place: region, city or body whose rules matter, in words. organisation: of who asks.
    """

    topics: tuple[str, ...]
    languages: tuple[str, ...] = ()
    country: str | None = None
    place: str = field(default="", repr=False)
    wanted: tuple[Wanted, ...] = ()
    organisation: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTimes:
    """
    How quick a hub was with our cases: medians in days. cases: how many it accepted.

    answer_days: from the offer too; None where it has not answered often enough to tell.
    """

    cases: int
    accept_days: float
    answer_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    Somebody who may be asked, as far as matching needs it.

    id: unique and stable within its kind, such as an expert's URL. kind: a user of this hub, an
    expert, or another hub as a whole. here: at this hub. countries: whose law they know.
    organisation: where they work. hours_a_month: None if nobody counts; minutes_logged: of this
    month, None if it is not known here. conflicts: in words. days_unconfirmed: since the listing
    was confirmed; None if that does not apply. hindrance: why the case may not go there as it
    stands, in words.
    """

    id: str
    kind: Kind = "expert"
    here: bool = False
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    city: str = ""
    organisation: str = ""
    offers: tuple[Offer, ...] = ()
    hours_a_month: int | None = None
    minutes_logged: int | None = None
    conflicts: str = ""
    days_unconfirmed: int | None = None
    times: AnswerTimes | None = None
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with the points and the reasons, the weightiest first."""

    candidate: Candidate
    score: float
    reasons: tuple[str, ...] = field(repr=False)
    cautions: tuple[str, ...] = field(default=(), repr=False)
    """What speaks against asking, such as a conflict in the expert's own words."""


def match(
    needs: Needs, candidates: Iterable[Candidate], rules: MatchingRules = DEFAULT_RULES
) -> list[Match]:
    """
    Return who fits, the best first; the order is always the same.

    Of those with equal points staff come first, then experts, then hubs, each by id. A person who
    covers nothing near the topics is left out; a hub stays, since it may know somebody. Whether
    anybody with few points is worth showing is the caller's choice.
    """
    found = []
    for candidate in candidates:
        topics = list(_topics(needs, candidate, rules))
        if needs.topics and not topics and candidate.kind != "hub":
            continue
        facts = [*topics, *_practice(needs, candidate, rules), *_standing(candidate, rules)]
        cautions = list(_cautions(needs, candidate, rules))
        points = sum(fact[0] for fact in facts) + sum(caution[0] for caution in cautions)
        facts.sort(key=lambda fact: -fact[0])
        cautions.sort(key=lambda caution: caution[0])
        found.append(
            Match(
                candidate,
                round(points, 6),
                tuple(dict.fromkeys(words for _, words in facts)),
                tuple(words for _, words in cautions),
            )
        )
    return sorted(
        found, key=lambda each: (-each.score, _ORDER[each.candidate.kind], each.candidate.id)
    )


_Fact = tuple[float, str]


def _topics(needs: Needs, candidate: Candidate, rules: MatchingRules) -> Iterator[_Fact]:
    """For each topic needed the nearest one covered; the first of equally near ones."""
    for needed in dict.fromkeys(needs.topics):
        near = [
            fact
            for covered in candidate.topics
            if (fact := _near(needed, covered, rules)) is not None
        ]
        if near:
            yield max(near, key=lambda fact: fact[0])


def _near(needed: str, covered: str, rules: MatchingRules) -> _Fact | None:
    vocabulary = Vocabulary.load()
    if needed not in vocabulary or covered not in vocabulary:
        return None
    label, wanted = vocabulary.label(covered), vocabulary.label(needed)
    above_needed, above_covered = vocabulary.broader(needed), vocabulary.broader(covered)
    shared = next((each for each in above_needed if each in above_covered), None)
    if needed == covered:
        fact = (rules.same_topic, f"Covers {label}")
    elif covered in above_needed:
        fact = (rules.broader_topic, f"Covers {label}, which includes {wanted}")
    elif needed in above_covered:
        fact = (rules.narrower_topic, f"Covers {label}, a part of {wanted}")
    elif shared is not None:
        both = vocabulary.label(shared)
        fact = (rules.sibling_topic, f"Covers {label}, like {wanted} a part of {both}")
    else:
        return None
    return fact if fact[0] else None


def _practice(needs: Needs, candidate: Candidate, rules: MatchingRules) -> Iterator[_Fact]:
    """What they do, in which language, and under whose law."""
    if rules.offer:
        for wanted in dict.fromkeys(needs.wanted):
            fitting = [each for each in SERVED_BY[wanted] if each in candidate.offers]
            if fitting:
                words = f"Offers {_OFFERED[fitting[0]]}, and {_WANTED[wanted]} is wanted"
                yield rules.offer, words
    spoken = {primary_language(tag): tag for tag in reversed(candidate.languages)}
    common = [tag for tag in needs.languages if primary_language(tag) in spoken]
    if common and rules.language:
        yield rules.language, f"Writes {language_name(common[0])}"
    if needs.country is not None and needs.country in candidate.countries and rules.country:
        verb = {"staff": "Works in", "expert": "Knows the law of", "hub": "Is in"}[candidate.kind]
        yield rules.country, f"{verb} {country_name(needs.country)}"
    if rules.city and _is_named(candidate.city, needs.place):
        yield rules.city, f"Is in {candidate.city}, whose rules matter"


def _standing(candidate: Candidate, rules: MatchingRules) -> Iterator[_Fact]:
    """Where they are, how much time they have, and how it went before."""
    if candidate.here and rules.here:
        yield rules.here, "Is at this hub, so nothing has to leave it"
    left = _minutes_left(candidate)
    if candidate.hours_a_month and rules.hours and (left is None or left > 0):
        yield rules.hours, _hours_in_words(candidate.hours_a_month, left)
    days = candidate.days_unconfirmed
    if days is not None and days <= rules.confirmed_days and rules.confirmed:
        yield rules.confirmed, f"Confirmed the listing {_days_ago(days)}"
    if candidate.times is not None and candidate.times.cases >= FEWEST_CASES and rules.quick:
        yield _quick(candidate.times, rules), _times_in_words(candidate.times)


def _cautions(needs: Needs, candidate: Candidate, rules: MatchingRules) -> Iterator[_Fact]:
    """What speaks against asking."""
    left = _minutes_left(candidate)
    if left is not None and left <= 0 and rules.no_hours:
        yield rules.no_hours, "Has no hours left this month"
    asking = needs.organisation
    if rules.requester_conflict and _is_named(asking, candidate.conflicts):
        yield rules.requester_conflict, "Names the organisation that asks in their conflicts"
    if rules.requester_conflict and _is_named(asking, candidate.organisation):
        yield rules.requester_conflict, "Works at the organisation that asks"
    if candidate.conflicts and rules.conflict:
        yield rules.conflict, f"Declares a conflict: {candidate.conflicts}"
    days = candidate.days_unconfirmed
    if days is not None and days > rules.confirmed_days and rules.unconfirmed:
        yield rules.unconfirmed, f"Confirmed the listing {_days_ago(days)}"
    if candidate.hindrance and rules.hindered:
        yield rules.hindered, f"Cannot be offered there yet: {candidate.hindrance}"


def _is_named(name: str, text: str) -> bool:
    """Return whether a text holds a name, word by word in a row, without case and accents."""
    wanted, words = words_of(name), words_of(text)
    return bool(wanted) and any(
        words[place : place + len(wanted)] == wanted
        for place in range(len(words) - len(wanted) + 1)
    )


def _minutes_left(candidate: Candidate) -> int | None:
    if candidate.hours_a_month is None or candidate.minutes_logged is None:
        return None
    return candidate.hours_a_month * _MINUTES - candidate.minutes_logged


def _hours_in_words(hours_a_month: int, minutes_left: int | None) -> str:
    if minutes_left is None:
        unit = "hour" if hours_a_month == 1 else "hours"
        return f"Gives {hours_a_month} {unit} a month; how many are left, their hub knows"
    unit = "hour" if hours_a_month == 1 else "hours"
    return f"Has {minutes_left / _MINUTES:.3g} of {hours_a_month} {unit} left this month"


def _quick(times: AnswerTimes, rules: MatchingRules) -> float:
    """Half of the points for accepting soon, half for answering soon; fewer the longer it took."""
    shares = [
        1 - min(days, rules.slow_days) / rules.slow_days
        for days in (times.accept_days, times.answer_days)
        if days is not None
    ]
    return rules.quick * sum(shares) / 2


def _times_in_words(times: AnswerTimes) -> str:
    words = f"Mostly accepts within {_days(times.accept_days)}"
    if times.answer_days is not None:
        words += f" and answers within {_days(times.answer_days)}"
    return f"{words} (of {times.cases} cases we offered and it accepted)"


def _days(days: float) -> str:
    whole = max(1, -int(-days // 1))
    return "a day" if whole == 1 else f"{whole} days"


def _days_ago(days: int) -> str:
    return "today" if days <= 0 else "a day ago" if days == 1 else f"{days} days ago"
