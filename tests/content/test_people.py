"""Users, rights, tokens: who may in, as what, and how that ends (SECURITY.md S41, S44)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlite_utils

from content.changes import Act, ChangeStore
from content.database import connect, transaction
from content.migrations import apply_migrations
from content.people.authentication import NotAuthenticated, authenticate
from content.people.permissions import RIGHTS, NotAllowed, Right, Role, is_within
from content.people.store import LastOperator, UserExists, UserNotFound, UserStore
from content.people.tokens import TokenInvalid, TokenNotFound, TokenStore
from content.people.user import User, UserInvalid, role_named
from tests.seams import START, FixedClock, SeededChance

ACT = Act("mireia", START)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    yield db
    db.close()


@pytest.fixture
def users(db: sqlite_utils.Database) -> UserStore:
    users = UserStore(db)
    users.add(User.new("mireia", "Mireia Soler", Role.OPERATOR, ACT), ACT)
    users.add(User.new("omar", "Omar Ben Salah", Role.EXPERT, ACT), ACT)
    users.add(User.new("ana", "Ana Ruiz", Role.CASEWORKER, ACT), ACT)
    return users


@pytest.fixture
def tokens(db: sqlite_utils.Database, users: UserStore) -> TokenStore:
    return TokenStore(db)


def secret_for(
    tokens: TokenStore, user: str, role: Role | None = None, expires_at: datetime | None = None
) -> str:
    chance = SeededChance(f"{user}/{role}/{expires_at}")
    issued = tokens.issue(user, ACT, chance=chance, label="test", role=role, expires_at=expires_at)
    return issued.secret


def test_a_user_is_stored_as_given_and_who_added_it_is_recorded(
    db: sqlite_utils.Database, users: UserStore
) -> None:
    added = User.new("lena", "  Lena «Ö»  ", Role.READER, ACT)

    users.add(added, ACT)

    assert users.get("lena") == added
    assert added.display_name == "Lena «Ö»"
    newest = ChangeStore(db).recent().items[0]
    assert (newest.by, newest.what, newest.subject) == ("mireia", "user.add", "lena")


@pytest.mark.parametrize(
    "name", ["", "Ana", "a b", "a" * 65, "ana/../x", "requester", "hub", "system", "añ", "a\n"]
)
def test_a_name_that_is_not_plain_or_is_kept_for_the_program_is_refused(name: str) -> None:
    with pytest.raises(UserInvalid):
        User.new(name, "Somebody", Role.READER, ACT)


@pytest.mark.parametrize("text", ["", "   ", "x" * 121, "two\nlines", "bell\x07", "lone \ud800"])
def test_a_display_name_is_one_line_of_plain_signs(text: str) -> None:
    with pytest.raises(UserInvalid):
        User.new("somebody", text, Role.READER, ACT)


def test_an_unknown_role_is_refused_with_the_list_of_roles() -> None:
    with pytest.raises(UserInvalid, match="reader, expert, caseworker, operator"):
        role_named("root")


def test_a_name_is_never_used_twice_not_even_after_its_user_left(users: UserStore) -> None:
    users.deactivate("omar", ACT)

    with pytest.raises(UserExists):
        users.add(User.new("omar", "Another Omar", Role.OPERATOR, ACT), ACT)

    assert users.get("omar").display_name == "Omar Ben Salah"
    assert [user.name for user in users.list()] == ["ana", "mireia"]
    assert [user.name for user in users.list(inactive=True)] == ["ana", "mireia", "omar"]


def test_the_last_active_operator_can_neither_leave_nor_be_demoted(users: UserStore) -> None:
    with pytest.raises(LastOperator):
        users.deactivate("mireia", ACT)
    with pytest.raises(LastOperator):
        users.change_role("mireia", Role.CASEWORKER, ACT)

    users.change_role("ana", Role.OPERATOR, ACT)
    users.deactivate("mireia", ACT)
    with pytest.raises(LastOperator):
        users.deactivate("ana", ACT)

    assert users.get("ana").role is Role.OPERATOR
    assert not users.get("mireia").active


def test_an_inactive_operator_does_not_count_as_one(users: UserStore) -> None:
    users.change_role("ana", Role.OPERATOR, ACT)
    users.deactivate("ana", ACT)

    with pytest.raises(LastOperator):
        users.change_role("mireia", Role.READER, ACT)


def test_renaming_changes_what_is_read_and_nothing_else(users: UserStore) -> None:
    before = users.get("omar")

    users.rename("omar", "Omar B.", ACT)

    assert users.get("omar") == before.model_copy(update={"display_name": "Omar B."})
    with pytest.raises(UserNotFound):
        users.rename("nobody", "X", ACT)


def test_every_role_has_a_row_and_each_has_all_rights_of_the_one_before() -> None:
    assert set(RIGHTS) == set(Role)

    for lower, higher in zip(Role, list(Role)[1:], strict=False):
        assert is_within(lower, higher)
        assert not is_within(higher, lower)
    assert RIGHTS[Role.OPERATOR] == frozenset(Right)


def test_only_caseworkers_and_operators_read_all_cases() -> None:
    assert {role for role in Role if Right.CASES_READ in RIGHTS[role]} == {
        Role.CASEWORKER,
        Role.OPERATOR,
    }


def test_a_token_acts_for_its_user_with_its_own_lower_role(
    db: sqlite_utils.Database, tokens: TokenStore
) -> None:
    secret = secret_for(tokens, "mireia", Role.READER)

    principal = authenticate(db, secret, START)

    assert (principal.name, principal.role) == ("mireia", Role.READER)
    assert principal.may(Right.NETWORK_READ)
    with pytest.raises(NotAllowed, match="cases-read"):
        principal.require(Right.CASES_READ)


def test_without_a_role_a_token_has_that_of_its_user(
    db: sqlite_utils.Database, tokens: TokenStore
) -> None:
    secret = secret_for(tokens, "ana")

    assert authenticate(db, secret, START).role is Role.CASEWORKER


def test_a_token_never_has_a_higher_role_than_its_user(
    db: sqlite_utils.Database, tokens: TokenStore, users: UserStore
) -> None:
    secret = secret_for(tokens, "ana", Role.CASEWORKER)
    with pytest.raises(TokenInvalid, match="caseworker"):
        secret_for(tokens, "ana", Role.OPERATOR)

    users.change_role("ana", Role.READER, ACT)

    assert authenticate(db, secret, START).role is Role.READER


def test_unknown_expired_revoked_and_deactivated_are_refused_alike(
    db: sqlite_utils.Database, tokens: TokenStore, users: UserStore
) -> None:
    clock = FixedClock()
    expired = secret_for(tokens, "mireia", expires_at=START + timedelta(hours=1))
    revoked = tokens.issue("mireia", ACT, chance=SeededChance("r"), label="lost laptop")
    deactivated = secret_for(tokens, "omar")
    authenticate(db, expired, clock.now())
    tokens.revoke(revoked.token.id, ACT)
    users.deactivate("omar", ACT)
    clock.advance(3600)

    refusals = set()
    for secret in (expired, revoked.secret, deactivated, "hub_" + "A" * 43, "", "ü", "hub_x" * 99):
        with pytest.raises(NotAuthenticated) as refusal:
            authenticate(db, secret, clock.now())
        refusals.add(str(refusal.value))

    assert len(refusals) == 1


def test_coming_back_does_not_bring_the_old_tokens_back(
    db: sqlite_utils.Database, tokens: TokenStore, users: UserStore
) -> None:
    secret = secret_for(tokens, "omar")
    users.deactivate("omar", ACT)

    users.activate("omar", ACT)

    with pytest.raises(NotAuthenticated):
        authenticate(db, secret, START)
    authenticate(db, secret_for(tokens, "omar", Role.READER), START)


def test_nobody_gets_a_token_without_being_an_active_user(
    tokens: TokenStore, users: UserStore
) -> None:
    users.deactivate("omar", ACT)

    with pytest.raises(TokenInvalid, match="not active"):
        secret_for(tokens, "omar")
    with pytest.raises(UserNotFound):
        secret_for(tokens, "nobody")


@pytest.mark.parametrize("label", ["", "  ", "x" * 121, "a\x1b[31m"])
def test_a_token_needs_a_plain_label(tokens: TokenStore, label: str) -> None:
    with pytest.raises(TokenInvalid, match="label"):
        tokens.issue("ana", ACT, chance=SeededChance(), label=label)

    assert tokens.list() == ()


def test_a_token_cannot_have_expired_already(tokens: TokenStore) -> None:
    with pytest.raises(TokenInvalid, match="past"):
        secret_for(tokens, "ana", expires_at=START)


def test_revoking_twice_keeps_the_first_moment_and_records_one_act(
    db: sqlite_utils.Database, tokens: TokenStore
) -> None:
    token = tokens.issue("ana", ACT, chance=SeededChance(), label="script").token

    tokens.revoke(token.id, ACT)
    later = tokens.revoke(token.id, Act("ana", START + timedelta(days=1)))

    assert later.revoked_at == START
    acts = [change.what for change in ChangeStore(db).of(token.id).items]
    assert acts == ["token.revoke", "token.issue"]
    with pytest.raises(TokenNotFound):
        tokens.revoke("01ARZ3NDEKTSV4RRFFQ69G5FAV", ACT)


def test_of_its_use_a_token_remembers_the_day_only(
    db: sqlite_utils.Database, tokens: TokenStore
) -> None:
    secret = secret_for(tokens, "ana")
    first = authenticate(db, secret, START)
    assert first.token_id is not None
    assert not first.use_noted

    tokens.note_use(first.token_id, START.date())

    assert authenticate(db, secret, START).use_noted
    assert not authenticate(db, secret, START + timedelta(days=1)).use_noted
    assert tokens.get(first.token_id).last_used == START.date()
    tokens.note_use(first.token_id, START.date() - timedelta(days=9))
    assert tokens.get(first.token_id).last_used == START.date()


def test_a_secret_is_256_bits_and_neither_in_the_file_nor_in_a_repr(
    tmp_path: Path, db: sqlite_utils.Database, tokens: TokenStore
) -> None:
    with transaction(db):
        issued = tokens.issue("ana", ACT, chance=SeededChance(), label="script")

    assert issued.secret.startswith("hub_")
    assert len(issued.secret) == 4 + 43
    assert issued.secret not in repr(issued)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ana" in on_disk
    assert issued.secret.encode() not in on_disk
    assert issued.secret[4:].encode() not in on_disk
