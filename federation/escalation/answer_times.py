"""How quick other hubs were with cases that this hub offered them, from its own escalations."""

from datetime import timedelta
from statistics import median

import sqlite_utils

from content.matching import FEWEST_CASES, AnswerTimes
from content.times import from_text

_DAY = timedelta(days=1)


def answer_times(db: sqlite_utils.Database) -> dict[str, AnswerTimes]:
    """
    Return by host the median days from our offer to the acceptance, and to the first answer.

    Only hubs that accepted three or more are in it, and answers only where there are three. Both
    times are by our own clock: when the message arrived here. Cases that were erased count too, as
    nothing but ids and dates is read.
    """
    rows = db.execute(
        "select e.peer, e.created_at,"
        " min(case when s.verb = 'accept' then s.at end),"
        " min(case when s.verb = 'answer' then s.at end)"
        " from escalations e join sealed_in s on s.escalation_id = e.id and s.peer = e.peer"
        " where e.direction = 'out' and s.state = 'applied' and s.verb in ('accept', 'answer')"
        " group by e.id order by e.peer, e.id"
    ).fetchall()
    accepted: dict[str, list[float]] = {}
    answered: dict[str, list[float]] = {}
    for peer, offered, accept, answer in rows:
        for found, arrived in ((accepted, accept), (answered, answer)):
            if arrived is not None:
                days = (from_text(arrived) - from_text(offered)) / _DAY
                found.setdefault(peer, []).append(max(days, 0.0))
    return {
        peer: AnswerTimes(
            cases=len(days),
            accept_days=median(days),
            answer_days=median(answered[peer])
            if len(answered.get(peer, ())) >= FEWEST_CASES
            else None,
        )
        for peer, days in accepted.items()
        if len(days) >= FEWEST_CASES
    }
