"""Who sees which case; to all others it does not exist (SECURITY.md S35)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from content.cases.access import case_seen_by, seen_by
from content.cases.case import Case, read_case_content
from content.cases.listing import CaseFilter
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.cases.vault import CaseVault
from content.changes import Act
from content.database import connect
from content.ids import new_id
from content.migrations import apply_migrations
from content.people.authentication import Principal
from content.people.permissions import NotAllowed, Role
from content.people.store import UserStore
from content.people.user import User
from tests.seams import START, SeededChance

ACT = Act("ana", START)
CHANCE = SeededChance("access")
NEVER_GIVEN_OUT = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def cases(tmp_path: Path) -> Iterator[CaseStore]:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    for name, role in (("ana", Role.CASEWORKER), ("omar", Role.EXPERT), ("lin", Role.EXPERT)):
        UserStore(db).add(User.new(name, name.title(), role, ACT), ACT)
    yield CaseStore(db, CaseVault(b"k" * 32, CHANCE))
    db.close()


@pytest.fixture
def case(cases: CaseStore) -> Case:
    filed = {"title": "t", "question": "q", "language": "en", "country": "NL"}
    content = read_case_content({**filed, "requester": {"role": "who-ngo"}})
    case = Case.received(content, ACT, case_id=new_id(START, CHANCE))
    cases.add(case, ACT)
    return cases.assign(case.id, ("omar",), ACT)


@pytest.mark.parametrize(
    ("name", "role"),
    [("ana", Role.CASEWORKER), ("mireia", Role.OPERATOR), ("omar", Role.EXPERT)],
)
def test_staff_and_the_assigned_expert_see_the_case(
    cases: CaseStore, case: Case, name: str, role: Role
) -> None:
    assert case_seen_by(Principal(name, role), cases, case.id) == case
    wanted = seen_by(Principal(name, role), CaseFilter())
    assert [item.id for item in cases.list(wanted).items] == [case.id]


@pytest.mark.parametrize(
    ("name", "role"), [("lin", Role.EXPERT), ("omar", Role.READER), ("ana", Role.READER)]
)
def test_to_others_it_looks_like_an_id_that_was_never_given_out(
    cases: CaseStore, case: Case, name: str, role: Role
) -> None:
    texts = set()
    for case_id in (case.id, NEVER_GIVEN_OUT):
        with pytest.raises(CaseNotFound) as refusal:
            case_seen_by(Principal(name, role), cases, case_id)
        texts.add(str(refusal.value).replace(case_id, "ID"))
    assert len(texts) == 1


def test_that_a_case_was_erased_is_told_to_staff_only(cases: CaseStore, case: Case) -> None:
    cases.erase(case.id, ACT)

    with pytest.raises(CaseErased):
        case_seen_by(Principal("ana", Role.CASEWORKER), cases, case.id)
    with pytest.raises(CaseNotFound):
        case_seen_by(Principal("omar", Role.EXPERT), cases, case.id)


def test_a_list_is_narrowed_to_ones_own_cases_or_refused(cases: CaseStore, case: Case) -> None:
    assert cases.list(seen_by(Principal("lin", Role.EXPERT), CaseFilter())).items == ()
    with pytest.raises(NotAllowed):
        seen_by(Principal("lin", Role.EXPERT), CaseFilter(assigned_to="omar"))
    with pytest.raises(NotAllowed):
        seen_by(Principal("ana", Role.READER), CaseFilter())
