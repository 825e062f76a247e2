"""Retention at a hub: each thing goes on its day and not a day before, and never half."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from content.cases.attachment import read_attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case, read_case_content
from content.cases.holds import CaseHeld, HoldStore, new_hold
from content.cases.message import read_message
from content.cases.retention import Periods, plus_months
from content.cases.status import CaseVerb
from content.cases.store import CaseErased, CaseStore
from content.changes import Act, ChangeStore
from content.ids import new_id
from federation.bell import Bell
from federation.escalation.answering import accept_offer, answer_origin
from federation.escalation.offering import confirm, offer_case, withdraw
from federation.hub import Hub, Node
from federation.law.erasing import erase_case
from federation.law.retention import end_holds, give_notices, local_day, plan
from federation.law.retention_run import Done, run_retention
from federation.notices import NoticeStore
from federation.transport import GuardedTransport
from tests.federation.escalation.pair import Pair, Side, apply_migrations
from tests.federation.law.test_erasing import hold
from tests.nodes_at_work import open_node
from tests.seams import START, FixedClock

PROPOSED = Periods()
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CONTENT = {
    "title": "Clauses",
    "question": "Which?",
    "language": "nl",
    "country": "NL",
    "topics": ["procurement"],
    "requester": {"role": "who-city-official", "name": "Ana"},
}


@dataclass
class Desk:
    """A hub whose clock goes on by days, and that does its retention each day."""

    node: Node
    clock: FixedClock

    @property
    def hub(self) -> Hub:
        return self.node.hub

    @property
    def today(self) -> date:
        return local_day(self.hub, self.clock.now())

    def act(self, by: str = "olga") -> Act:
        return Act(by, self.clock.now())

    async def files(self, *, close: CaseVerb | None = CaseVerb.CLOSE) -> str:
        """File a case with a message, and end it at once."""
        act = self.act()
        case = Case.received(
            read_case_content(CONTENT), act, case_id=new_id(act.at, self.hub.chance)
        )
        note = read_message(
            {"case_id": case.id, "kind": "note", "text": "Seen."},
            act,
            message_id=new_id(act.at, self.hub.chance),
        )

        def work(db: sqlite_utils.Database) -> None:
            store = CaseStore(db, self.hub.vault)
            store.add(case, act)
            store.add_message(note, act)
            if close is not None:
                store.move(case.id, close, act)

        await self.node.database.write(work)
        return case.id

    async def holds(self, case_id: str, until: date) -> None:
        act = self.act()
        made = new_hold(
            case_id,
            "court",
            until,
            act,
            hold_id=new_id(act.at, self.hub.chance),
            timezone=self.hub.identity.timezone,
        )
        await self.node.database.write(lambda db: HoldStore(db, self.hub.vault).place(made, act))

    async def runs(self, periods: Periods = PROPOSED, **more: Any) -> Done:
        return await run_retention(self.node, periods, self.act("system"), **more)

    async def runs_daily(self, days: int, periods: Periods = PROPOSED) -> dict[str, date]:
        """Run once a day for so many days; return what was erased, and on which day."""
        gone: dict[str, date] = {}
        for _ in range(days):
            gone |= {item.case_id: self.today for item in (await self.runs(periods)).erased}
            self.clock.advance(days=1)
        return gone

    async def there(self, case_id: str) -> bool:
        try:
            await self.node.database.read(lambda db: CaseStore(db, self.hub.vault).get(case_id))
        except CaseErased:
            return False
        return True


def bytes_in(folder: Path) -> bytes:
    """Return everything that is on disk, the write-ahead log included."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FixedClock()
    async with open_node(tmp_path, clock=clock) as node:
        await node.database.write(apply_migrations)
        yield Desk(node, clock)


async def test_a_closed_case_goes_after_twelve_months_and_not_a_day_before(desk: Desk) -> None:
    case = await desk.files()
    closed = desk.today

    desk.clock.advance(days=330)
    gone = await desk.runs_daily(60)

    assert gone == {case: plus_months(closed, 12)}
    assert not await desk.there(case)


@pytest.mark.parametrize("verb", [CaseVerb.CLOSE, CaseVerb.WITHDRAW])
async def test_closed_and_withdrawn_are_both_an_end(desk: Desk, verb: CaseVerb) -> None:
    case = await desk.files(close=verb)

    (item,) = await desk.node.database.read(
        lambda db: plan(db, desk.hub, PROPOSED, desk.clock.now())
    )

    assert (item.case_id, item.day) == (case, plus_months(desk.today, 12))


async def test_a_case_at_work_is_never_due(desk: Desk) -> None:
    await desk.files(close=None)
    desk.clock.advance(days=4000)

    assert await desk.runs_daily(10) == {}


async def test_a_reopened_case_counts_from_its_next_end_and_is_told_of_anew(desk: Desk) -> None:
    case = await desk.files()
    desk.clock.advance(days=350)
    assert len((await desk.runs()).reminders) == 1
    store = CaseStore
    for verb in (CaseVerb.REOPEN, CaseVerb.CLOSE):
        act = desk.act()
        await desk.node.database.write(
            lambda db, verb=verb, act=act: store(db, desk.hub.vault).move(case, verb, act)
        )
    closed_again = desk.today

    desk.clock.advance(days=330)
    gone = await desk.runs_daily(60)

    assert gone == {case: plus_months(closed_again, 12)}


@pytest.mark.parametrize(
    ("closed", "last_moment_before"),
    [
        # Closed a minute after midnight in Amsterdam, in summer: in UTC it was the day before.
        (datetime(2026, 6, 30, 22, 1, tzinfo=UTC), datetime(2027, 6, 30, 21, 59, tzinfo=UTC)),
        # In winter; a year of which both ends are in winter.
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), datetime(2027, 12, 31, 22, 59, tzinfo=UTC)),
        # On the day on which the clocks go back, in the hour that comes twice.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 10, 24, 21, 59, tzinfo=UTC)),
        # On the day on which they go forward.
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2028, 3, 27, 21, 59, tzinfo=UTC)),
    ],
)
async def test_a_day_is_a_day_where_the_hub_is(
    desk: Desk, closed: datetime, last_moment_before: datetime
) -> None:
    desk.clock.advance((closed - desk.clock.now()).total_seconds())
    case = await desk.files()
    desk.clock.advance((last_moment_before - desk.clock.now()).total_seconds(), days=-6)
    await desk.runs()
    desk.clock.advance(days=6)

    before = await desk.runs()
    desk.clock.advance(120)
    after = await desk.runs()

    assert before.erased == ()
    assert [item.case_id for item in after.erased] == [case]


async def test_staff_are_told_30_and_7_days_before_and_no_more_once_it_is_gone(
    desk: Desk,
) -> None:
    case = await desk.files()
    ends = plus_months(desk.today, 12)
    told: dict[date, int] = {}

    desk.clock.advance(days=330)
    for _ in range(35):
        for reminder in (await desk.runs()).reminders:
            told[desk.today] = reminder.days
            assert (reminder.case_id, reminder.day) == (case, ends)
        desk.clock.advance(days=1)
    notices = await desk.node.database.read(lambda db: list(NoticeStore(db).all()))
    await desk.runs_daily(10)
    left = await desk.node.database.read(lambda db: list(NoticeStore(db).all()))

    assert told == {ends - timedelta(days=30): 30, ends - timedelta(days=7): 7}
    assert [(n.kind, n.subject) for n in notices] == [("retention", case)]
    assert "Clauses" not in notices[0].text
    assert left == []


async def test_files_go_before_the_rest_of_their_case(desk: Desk) -> None:
    case = await desk.files(close=None)
    act = desk.act()
    file = read_attachment("tender.txt", b"CANARY-FILE We want to buy a chatbot.")

    def work(db: sqlite_utils.Database) -> None:
        AttachmentStore(db, desk.hub.vault).add(case, (file,), act, desk.hub.chance, shown=True)
        CaseStore(db, desk.hub.vault).move(case, CaseVerb.CLOSE, act)

    await desk.node.database.write(work)
    closed = desk.today
    desk.clock.advance(days=150)
    gone: list[tuple[str, date]] = []
    for _ in range(230):
        gone += [(item.what.value, desk.today) for item in (await desk.runs()).erased]
        desk.clock.advance(days=1)

    assert gone == [
        ("attachments", plus_months(closed, 6)),
        ("case", plus_months(closed, 12)),
    ]


async def test_files_of_a_held_case_stay_too(desk: Desk) -> None:
    case = await desk.files(close=None)
    act = desk.act()
    file = read_attachment("tender.txt", b"We want to buy a chatbot.")

    def work(db: sqlite_utils.Database) -> None:
        AttachmentStore(db, desk.hub.vault).add(case, (file,), act, desk.hub.chance, shown=True)
        CaseStore(db, desk.hub.vault).move(case, CaseVerb.CLOSE, act)

    await desk.node.database.write(work)
    await desk.holds(case, plus_months(desk.today, 24))
    desk.clock.advance(days=300)

    assert await desk.runs_daily(10) == {}
    with pytest.raises(CaseHeld):
        await desk.node.database.write(
            lambda db: AttachmentStore(db, desk.hub.vault).erase(case, desk.act())
        )


async def test_a_shortened_period_erases_nothing_without_a_week_of_notice(desk: Desk) -> None:
    case = await desk.files()
    desk.clock.advance(days=100)
    shortened = desk.today

    gone = await desk.runs_daily(20, Periods(case_months=1))

    assert gone == {case: shortened + timedelta(days=7)}


async def test_who_keeps_nothing_erases_on_the_day_of_the_end(desk: Desk) -> None:
    case = await desk.files()

    done = await desk.runs(Periods(case_months=0))

    assert [item.case_id for item in done.erased] == [case]
    assert done.reminders == ()


async def test_a_hold_stops_it_and_ends_by_itself_with_a_notice(desk: Desk) -> None:
    case = await desk.files()
    until = plus_months(desk.today, 13)
    await desk.holds(case, until)

    desk.clock.advance(days=330)
    gone = await desk.runs_daily(120)
    notices = await desk.node.database.read(
        lambda db: [change.what for change in ChangeStore(db).of(case).items]
    )

    # The day after the hold staff are told, and a week later it goes.
    assert gone == {case: until + timedelta(days=8)}
    assert notices[:3] == ["retention.erase", "case.erase", "case.release"]


async def test_of_a_case_that_a_hold_keeps_the_plan_says_so(desk: Desk) -> None:
    case = await desk.files()
    until = plus_months(desk.today, 24)
    await desk.holds(case, until)
    desk.clock.advance(days=400)

    (item,) = await desk.node.database.read(
        lambda db: plan(db, desk.hub, PROPOSED, desk.clock.now())
    )
    done = await desk.runs()

    assert item.held_until == until
    assert not item.is_due(date(2090, 1, 1))
    assert (done.erased, done.reminders) == ((), ())
    assert await desk.there(case)


async def test_to_plan_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    await desk.files()
    desk.clock.advance(days=400)
    await desk.node.database.checkpoint()
    before = (tmp_path / "hub.db").read_bytes()

    await desk.node.database.read(lambda db: plan(db, desk.hub, PROPOSED, desk.clock.now()))
    await desk.node.database.checkpoint()

    assert (tmp_path / "hub.db").read_bytes() == before


async def test_what_was_erased_is_nowhere_in_the_bytes_on_disk(desk: Desk, tmp_path: Path) -> None:
    case = await desk.files()
    stored = await desk.node.database.read(
        lambda db: [
            bytes(blob)
            for row in (
                *db.execute("select wrapped_key, title, question, requester from cases").fetchall(),
                *db.execute("select text from case_messages").fetchall(),
            )
            for blob in row
        ]
    )
    await desk.node.database.checkpoint()
    on_disk = bytes_in(tmp_path)
    assert all(blob in on_disk for blob in stored)

    await desk.runs(Periods(case_months=0))

    on_disk = bytes_in(tmp_path)
    assert not any(blob in on_disk for blob in stored)
    assert not await desk.there(case)


async def test_a_run_that_is_stopped_goes_on_where_it_was(desk: Desk) -> None:
    cases = [await desk.files() for _ in range(5)]

    class PowerCut(Exception):
        """The machine is gone."""

    def cut(done: int, _: int) -> None:
        if done == 2:
            raise PowerCut

    with pytest.raises(PowerCut):
        await desk.runs(Periods(case_months=0), progress=cut)
    left = [case for case in cases if await desk.there(case)]
    again = await desk.runs(Periods(case_months=0))

    assert len(left) == 3
    assert {item.case_id for item in again.erased} == set(left)
    assert (await desk.runs(Periods(case_months=0))).erased == ()


async def test_what_cannot_be_erased_holds_nothing_else_up(desk: Desk) -> None:
    stuck, fine = await desk.files(), await desk.files()
    await desk.node.database.write(
        lambda db: db.execute(
            "create trigger stuck before delete on case_messages"
            f" when old.case_id = '{stuck}' begin select raise(abort, 'stuck'); end"
        )
    )

    done = await desk.runs(Periods(case_months=0))

    assert [item.case_id for item in done.erased] == [fine]
    assert [(item.case_id, code) for item, code in done.failed] == [(stuck, "IntegrityError")]
    assert await desk.there(stuck)


# Copies of other hubs' cases.


def node_of(side: Side) -> Node:
    """Return a node on the file of a side, for what is done by a worker."""
    transport = GuardedTransport(frozenset(), "RightsHub/test")
    return Node(side.hub, FixedClock(side.now), side.database, transport, Bell())


@pytest.fixture
def copy(pair: Pair) -> tuple[str, str]:
    """Let `b` accept a case of `a`; give the case of `b` and the escalation of `a`."""
    case = pair.a.has_case()
    outgoing = pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    accepted = pair.b.do(accept_offer, pair.b.only_offer().id)
    pair.carry()
    assert accepted.case_id is not None
    return accepted.case_id, outgoing.id


def planned(side: Side) -> list[tuple[str, date]]:
    items = side.read(lambda db: plan(db, side.hub, PROPOSED, side.now))
    return [(item.case_id, item.day) for item in items]


async def test_a_copy_goes_90_days_after_its_origin_confirmed(
    pair: Pair, copy: tuple[str, str]
) -> None:
    case, outgoing = copy
    pair.b.do(answer_origin, pair.b.only_offer().id, "Three clauses.")
    pair.carry()
    # While it is open, only the day counts by which its origin wants it gone.
    promised = pair.b.only_offer().terms
    assert promised is not None
    assert planned(pair.b) == [(case, promised.delete_by)]
    pair.a.do(confirm, outgoing)
    pair.carry()
    confirmed = local_day(pair.b.hub, pair.b.now)

    assert planned(pair.b) == [(case, confirmed + timedelta(days=90))]
    pair.later(days=83)
    await run_retention(node_of(pair.b), PROPOSED, pair.b.act("system"))
    pair.later(days=6)
    early = await run_retention(node_of(pair.b), PROPOSED, pair.b.act("system"))
    pair.later(days=1)
    done = await run_retention(node_of(pair.b), PROPOSED, pair.b.act("system"))

    assert early.erased == ()
    assert [item.case_id for item in done.erased] == [case]
    assert pair.b.only_offer().title is None


async def test_a_withdrawn_copy_that_a_hold_kept_goes_when_the_hold_ends(
    pair: Pair, copy: tuple[str, str]
) -> None:
    case, outgoing = copy
    hold(pair.b, case, days=10)
    pair.a.do(withdraw, outgoing)
    pair.carry()

    held = await run_retention(node_of(pair.b), PROPOSED, pair.b.act("system"))
    pair.later(days=11)
    done = await run_retention(node_of(pair.b), PROPOSED, pair.b.act("system"))

    assert held.erased == ()
    assert [item.case_id for item in done.erased] == [case]
    assert done.holds_ended == 1


# What is erased is exactly what is due.

RUN_DAYS = st.lists(st.integers(0, 420), min_size=1, max_size=12, unique=True).map(sorted)
CASES = st.lists(
    st.tuples(
        st.sampled_from(["open", "closed", "withdrawn"]),
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(cases=CASES, run_days=RUN_DAYS, months=st.sampled_from([0, 1, 12]))
def test_what_is_erased_is_exactly_what_is_due(
    cases: list[tuple[str, list[tuple[int, int]]]], run_days: list[int], months: int
) -> None:
    side = _empty_side()
    db, hub, periods = side.db, side.hub, Periods(case_months=months)
    start = local_day(hub, START)
    ids = [_filed(db, hub, status) for status, _ in cases]
    gone: dict[str, int] = {}
    events = sorted(
        [
            (day, 0, number, length)
            for number, (_, holds) in enumerate(cases)
            for day, length in holds
        ]
        + [(day, 1, 0, 0) for day in run_days]
    )
    kept: dict[str, list[tuple[int, int]]] = {case: [] for case in ids}
    for day, is_run, number, length in events:
        act = Act("system", START + timedelta(days=day))
        if is_run:
            gone |= dict.fromkeys(_run(db, hub, periods, act), day)
        elif ids[number] not in gone:
            until = start + timedelta(days=day + length)
            made = new_hold(
                ids[number],
                "court",
                until,
                act,
                hold_id=new_id(act.at, hub.chance),
                timezone="Europe/Amsterdam",
            )
            HoldStore(db, hub.vault).place(made, act)
            kept[ids[number]].append((day, day + length))

    for case, (status, _) in zip(ids, cases, strict=True):
        due = next((d for d in run_days if _is_due(d, run_days, kept[case], start, months)), None)
        assert gone.get(case) == (None if status == "open" else due)


def _is_due(
    day: int, run_days: list[int], held: list[tuple[int, int]], start: date, months: int
) -> bool:
    """Say in other words than the program whether a case that ended on day 0 goes on this day."""

    def is_held(when: int) -> bool:
        return any(first <= when <= last for first, last in held)

    end = (plus_months(start, months) - start).days
    if day < end or is_held(day):
        return False
    if end < 7:
        return True
    return any(end - 7 <= told <= day - 7 and not is_held(told) for told in run_days)


@dataclass
class _Empty:
    db: sqlite_utils.Database
    hub: Hub


_TEMPLATE: list[sqlite_utils.Database] = []


def _empty_side() -> _Empty:
    """Return a new database in memory with all tables, and the hub it belongs to."""
    from content.cases.vault import CaseVault
    from federation.hub import Identity
    from tests.nodes_at_work import ORIGIN, keys_for
    from tests.seams import SeededChance

    if not _TEMPLATE:
        template = sqlite_utils.Database(memory=True)
        apply_migrations(template)
        _TEMPLATE.append(template)
    db = sqlite_utils.Database(memory=True)
    _TEMPLATE[0].conn.backup(db.conn)
    chance = SeededChance("property")
    identity = Identity(
        ORIGIN, "Amsterdam", "Amsterdam", "NL", "nl", "Europe/Amsterdam", "hub", "u" + "A" * 43
    )
    return _Empty(
        db, Hub(identity, keys_for(ORIGIN, chance), chance, CaseVault(chance.bytes(32), chance))
    )


def _filed(db: sqlite_utils.Database, hub: Hub, status: str) -> str:
    act = Act("olga", START)
    case = Case.received(read_case_content(CONTENT), act, case_id=new_id(START, hub.chance))
    CaseStore(db, hub.vault).add(case, act)
    if status != "open":
        verb = CaseVerb.CLOSE if status == "closed" else CaseVerb.WITHDRAW
        CaseStore(db, hub.vault).move(case.id, verb, act)
    return case.id


def _run(db: sqlite_utils.Database, hub: Hub, periods: Periods, act: Act) -> list[str]:
    end_holds(db, hub, act)
    give_notices(db, hub, periods, act)
    today = local_day(hub, act.at)
    due = [item for item in plan(db, hub, periods, act.at) if item.is_due(today)]
    for item in due:
        erase_case(db, hub, item.case_id, act, asked=False)
    return [item.case_id for item in due]
