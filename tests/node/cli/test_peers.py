"""hub peer, sync and lookup: refusals that store nothing. The demo's check has the long way."""

import pytest

from tests.node.cli.terminal import ORIGIN, Terminal

MARK = "3f2a 91bc 07d4 55e1 9a0c 62f8 b1d3 4e77"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("peer", "show", "nobody.example"), "no peer 'nobody.example'"),
        (("peer", "approve", "nobody.example", "--fingerprint", MARK), "no peer"),
        (("peer", "suspend", "nobody.example"), "no peer"),
        (("peer", "resume", "nobody.example"), "no peer"),
        (("peer", "block", "nobody.example"), "no peer"),
        (("peer", "remove", "nobody.example"), "no peer"),
        (("peer", "verify", "nobody.example"), "no peer"),
        (("sync", "nobody.example"), "no peer"),
        (("peer", "add", "http://127.0.0.1:22"), ""),
        (("peer", "add", "http://127.0.0.10:9810"), ""),
        (("peer", "add", "not an address"), ""),
        (("peer", "add", "file:///etc/passwd"), ""),
        (("lookup", "http://169.254.169.254/"), ""),
        (("lookup", "@x"), ""),
    ],
)
def test_what_cannot_be_is_refused_and_stores_nothing(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    before = terminal.contents()

    printed = terminal.run(*arguments)

    assert printed.status == 1
    assert printed.err.startswith("Refused: ")
    assert "The program failed" not in printed.err
    assert words in printed.err
    assert printed.out == ""
    assert terminal.contents() == before


@pytest.mark.parametrize("address", ["http://127.0.0.9:1", "https://EXAMPLE.org", "10.0.0.1"])
def test_an_address_that_is_not_connected_to_is_told_with_what_to_do(
    terminal: Terminal, address: str
) -> None:
    printed = terminal.run("peer", "add", address)

    assert printed.status == 1
    assert "HUB_TRUSTED_AUTHORITIES" in printed.err


def test_approval_needs_a_fingerprint(terminal: Terminal) -> None:
    assert terminal.run("peer", "approve", "hub.example").status == 2


def test_no_peers_yet_says_what_to_do(terminal: Terminal) -> None:
    assert "hub peer add" in terminal.run("peer", "list").err
    assert terminal.json("peer", "list") == {"items": []}
    assert "hub peer add" in terminal.run("sync").err


def test_only_operators_manage_peers(terminal: Terminal) -> None:
    terminal.run("user", "add", "mireia", "--role", "caseworker")

    printed = terminal.run("--as", "mireia", "peer", "add", ORIGIN)

    assert printed.status == 1
    assert "peers-manage" in printed.err
