"""hub user and hub token, and who acts."""

from pathlib import Path

import pytest

from content.people.passwords import is_password
from content.people.tokens import digest_of
from tests.node.cli.terminal import Terminal


def test_a_user_is_added_listed_and_disabled(terminal: Terminal) -> None:
    terminal.run("user", "add", "mireia", "--role", "caseworker", "--display-name", "Mireia Soler")

    listed = terminal.json("user", "list")["items"]
    disabled = terminal.json("user", "disable", "mireia")

    assert [(u["name"], u["role"]) for u in listed] == [
        ("femke", "operator"),
        ("mireia", "caseworker"),
    ]
    assert disabled["active"] is False
    assert "mireia" not in terminal.run("user", "list").out
    assert "disabled" in terminal.run("user", "list", "--all").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("user", "add", "femke", "--role", "reader"), "never used twice"),
        (("user", "add", "Not Good", "--role", "reader"), "a-z"),
        (("user", "add", "system", "--role", "reader"), "kept for the program"),
        (("user", "disable", "nobody"), "no user 'nobody'"),
        (("user", "disable", "femke"), "last active operator"),
        (("token", "add", "--user", "nobody", "--label", "x"), "no user 'nobody'"),
        (("token", "add", "--label", ""), "A label"),
        (("token", "revoke", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), "There is no token"),
    ],
)
def test_each_refusal_says_why_and_stores_nothing(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    before = terminal.contents()

    printed = terminal.run(*arguments)

    assert printed.status == 1
    assert words in printed.err
    assert printed.out == ""
    assert terminal.contents() == before


def test_a_token_is_shown_once_and_only_its_digest_is_kept(terminal: Terminal) -> None:
    printed = terminal.run("token", "add", "--label", "city website", "--role", "reader")

    secret = printed.out.strip()
    assert secret.startswith("hub_")
    assert terminal.rows("select sha256 from tokens") == [(digest_of(secret),)]
    assert secret not in terminal.run("token", "list", "--json").out
    assert secret.encode() not in (terminal.home / "hub.sqlite").read_bytes()


def test_a_token_is_revoked(terminal: Terminal) -> None:
    token = terminal.json("token", "add", "--label", "laptop", "--days", "30")

    terminal.run("token", "revoke", token["id"])

    assert "revoked" in terminal.run("token", "list").out
    assert terminal.json("token", "list")["items"][0]["revoked_at"] is not None


def test_no_tokens_yet_says_what_to_do(terminal: Terminal) -> None:
    printed = terminal.run("token", "list")

    assert (printed.status, printed.out) == (0, "")
    assert "hub token add" in printed.err


def test_with_two_operators_one_has_to_be_named(terminal: Terminal) -> None:
    terminal.run("user", "add", "ana", "--role", "operator")

    refused = terminal.run("user", "list")
    by_option = terminal.run("--as", "ana", "user", "add", "b", "--role", "reader")
    by_variable = terminal.run("user", "add", "c", "--role", "reader", HUB_USER="ana")

    assert refused.status == 1
    assert "ana, femke" in refused.err
    assert (by_option.status, by_variable.status) == (0, 0)
    acted = terminal.rows("select by from changes where what = 'user.add' and subject in ('b','c')")
    assert acted == [("ana",), ("ana",)]


def test_who_may_not_is_refused_and_who_is_disabled_does_not_act(terminal: Terminal) -> None:
    terminal.run("user", "add", "omar", "--role", "reader")
    terminal.run("user", "add", "zoe", "--role", "operator")
    terminal.run("--as", "femke", "user", "disable", "zoe")

    reader = terminal.run("--as", "omar", "user", "add", "eve", "--role", "operator")
    disabled = terminal.run("--as", "zoe", "user", "list")
    unknown = terminal.run("--as", "nobody", "user", "list")

    assert [p.status for p in (reader, disabled, unknown)] == [1, 1, 1]
    assert "users-manage" in reader.err
    assert "disabled" in disabled.err
    assert terminal.rows("select count(*) from users where name = 'eve'") == [(0,)]


def test_a_new_user_gets_a_link_and_its_secret_is_kept_nowhere(terminal: Terminal) -> None:
    added = terminal.json("user", "add", "mireia", "--role", "caseworker")
    invited = terminal.json("user", "invite", "mireia")

    links = [added["invitation"], invited["invitation"]]
    assert all("/welcome/" in link for link in links)
    assert links[0] != links[1]
    for link in links:
        secret = link.rpartition("/")[2]
        assert secret.encode() not in (terminal.home / "hub.sqlite").read_bytes()
    assert len(terminal.rows("select * from users_invitations")) == 1


def test_a_password_is_read_unseen_and_kept_as_argon2id(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("four quiet words here\n")

    printed = terminal.run("user", "password", "femke", "--password-file", str(file))

    ((kept,),) = terminal.rows("select phc from users_passwords")
    assert "new password" in printed.out
    assert kept.startswith("$argon2id$")
    assert is_password("four quiet words here", kept)
    assert not is_password("four quiet words her", kept)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 12 signs"),
        ("aaaaaaaaaaaaaaaaaa", "same few signs"),
        ("i am femke and nobody else", "name is part"),
        ("x" * 150 + "abcde" * 20, "at most 200"),
    ],
)
def test_a_weak_password_is_refused(
    terminal: Terminal, tmp_path: Path, password: str, words: str
) -> None:
    file = tmp_path / "password"
    file.write_text(password)

    printed = terminal.run("user", "password", "femke", "--password-file", str(file))

    assert printed.status == 1
    assert words in printed.err
    assert terminal.rows("select * from users_passwords") == []


def test_second_factors_of_somebody_unknown_are_not_reset(terminal: Terminal) -> None:
    assert terminal.run("user", "reset-factors", "nobody").status == 1
    assert terminal.json("user", "reset-factors", "femke")["second_factors"] == "forgotten"
