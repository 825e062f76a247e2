"""`hub verify` on the terminal: without any hub, a readable verdict, one JSON document, 0 or 1."""

import gzip
import json
from pathlib import Path

import pytest

from protocol.bundles import BundleLine, bundle_line
from protocol.log_entries import LogEntry, to_line
from protocol.manifest import fingerprint
from tests.node.cli.terminal import Printed, Terminal
from tests.protocol.samples import create_activity
from tests.protocol.test_log_entries import MANIFEST, SECOND, G, a_log, a_longer_log


@pytest.fixture
def stranger(tmp_path: Path) -> Terminal:
    """A terminal at a folder that holds no hub."""
    return Terminal(tmp_path / "nothing")


def lines(entries: list[LogEntry]) -> bytes:
    return b"".join(map(to_line, entries))


def verified(stranger: Terminal, content: bytes | object, *options: str) -> Printed:
    """Write a file and verify it."""
    body = content if isinstance(content, bytes) else json.dumps(content, indent=2).encode()
    path = stranger.home.parent / "file"
    path.write_bytes(body)
    return stranger.run("verify", str(path), *options)


def kept(stranger: Terminal, name: str, content: bytes) -> str:
    path = stranger.home.parent / name
    path.write_bytes(content)
    return str(path)


def test_a_log_in_a_file_is_verified_without_a_hub_and_without_a_network(
    stranger: Terminal,
) -> None:
    printed = verified(stranger, lines(a_longer_log()))

    assert printed.status == 0, printed.out
    assert printed.out.startswith(f"VALID: This log is what the hub {fingerprint(G)} published")
    assert not stranger.home.exists()


def test_a_program_reads_one_document(stranger: Terminal) -> None:
    read = verified(stranger, lines(a_log()), "--json").json

    assert (read["verdict"], read["kind"], read["g"]) == ("valid", "log", G)
    assert (read["facts"]["from"], read["facts"]["to"], read["facts"]["erased"]) == (1, 3, 0)
    assert all(check["passed"] for check in read["checks"])


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["packed", "plain"])
def test_a_bundle_is_verified_as_the_log_in_it(stranger: Terminal, pack: object) -> None:
    body = bundle_line(BundleLine(G, 1, 5)) + lines(a_longer_log())

    assert callable(pack)
    read = verified(stranger, pack(body), "--json").json

    assert (read["verdict"], read["facts"]["to"]) == ("valid", 5)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (lines(a_log())[:-1], "log-page-broken"),
        (lines(a_log())[:-9], "log-page-broken"),
        (gzip.compress(lines(a_log()))[:-9], "log-page-broken"),
        (bundle_line(BundleLine(G, 1, 5)) + lines(a_longer_log()[:4]), "log-shrunk"),
        (lines([a_log()[0], a_log()[2]]), "log-entry-missing"),
        (lines(a_log() + a_log()), "log-number-twice"),
        (lines(a_log()).replace(b"A guide", b"A fraud"), "log-content-changed"),
        (lines(a_log()) + b"{}\n", "log-line-malformed"),
        (lines(a_log()).replace(b'"seq":2', b'"seq":NaN'), "malformed-json"),
        (b'{"type":"Article","id":NaN}', "malformed-json"),
        (b"\xff\xfe", "malformed-json"),
        (b"", "malformed-json"),
        (b"[" * 100_000, "limits-exceeded"),
    ],
)
def test_what_does_not_verify_ends_with_1_and_its_reason(
    stranger: Terminal, body: bytes, code: str
) -> None:
    printed = verified(stranger, body, "--json")

    assert printed.status == 1
    assert (printed.json["verdict"], printed.json["code"]) == ("invalid", code)


def test_an_entry_and_a_page_need_the_keys_of_their_hub(stranger: Terminal) -> None:
    log = kept(stranger, "log.ndjson", lines(a_longer_log()))

    alone = verified(stranger, lines(a_longer_log()[4:]))
    known = verified(stranger, lines(a_longer_log()[4:]), "--keys", log)
    pretty = verified(stranger, json.loads(lines(a_longer_log()[4:])), "--keys", log)

    assert (alone.status, known.status, pretty.status) == (1, 0, 0), pretty.out
    assert alone.out.startswith("NOT PROVEN: This entry")
    assert "--keys" in alone.err


def test_a_record_an_activity_and_a_manifest_are_verified(stranger: Terminal) -> None:
    log = kept(stranger, "log.ndjson", lines(a_longer_log()))

    assert verified(stranger, create_activity(), "--keys", log).status == 0
    assert verified(stranger, create_activity()["object"], "--keys", log).status == 0
    assert verified(stranger, create_activity()["object"]).status == 1
    assert verified(stranger, MANIFEST).status == 0
    assert verified(stranger, SECOND, "--keys", log).status == 0


def test_a_later_manifest_alone_says_what_more_is_needed(stranger: Terminal) -> None:
    alone = verified(stranger, SECOND)

    assert (alone.status, alone.out.startswith("NOT PROVEN: This manifest")) == (1, True)
    assert "--keys" in alone.err


@pytest.mark.parametrize("body", [b"", b"hello\n", b"<!doctype html><p>Hub</p>\n", b"\xff\x00"])
def test_what_no_hub_publishes_is_told_in_plain_words(stranger: Terminal, body: bytes) -> None:
    printed = verified(stranger, body)

    assert printed.status == 1
    assert printed.out.startswith("INVALID: This is nothing that a hub publishes")


def test_keys_that_are_none_are_named(stranger: Terminal) -> None:
    keys = kept(stranger, "keys.txt", b"hello")

    printed = verified(stranger, lines(a_log()), "--keys", keys)

    assert (printed.status, printed.out) == (1, "")
    assert f"no keys of a hub in --keys {keys}" in printed.err


def test_one_entry_is_not_said_to_follow_itself(stranger: Terminal) -> None:
    log = kept(stranger, "log.ndjson", lines(a_longer_log()))

    printed = verified(stranger, lines(a_longer_log()[4:]), "--keys", log)

    assert "The content of entry 5 was not changed" in printed.out


def test_the_expected_hub_is_compared(stranger: Terminal) -> None:
    wrong = verified(stranger, lines(a_log()), "--expect", "3f2a 91bc " * 4, "--json")

    assert verified(stranger, lines(a_log()), "--expect", fingerprint(G)).status == 0
    assert (wrong.status, wrong.json["code"]) == (1, "other-hub")


def test_two_copies_are_compared(stranger: Terminal) -> None:
    same = kept(stranger, "same.ndjson", lines(a_log()))

    assert verified(stranger, lines(a_longer_log()), "--against", same).status == 0


def test_a_file_that_is_not_there_is_refused_in_words(stranger: Terminal) -> None:
    printed = stranger.run("verify", "nothing.ndjson")

    assert printed.status == 1
    assert printed.err.startswith("Refused: There is no file 'nothing.ndjson'.")


def test_an_address_that_is_not_public_is_not_asked(stranger: Terminal) -> None:
    printed = stranger.run("verify", "http://127.0.0.1:9/resources/x")

    assert printed.status == 1
    assert "does not connect to that address" in printed.err


@pytest.mark.parametrize("typed", ["zz", "3f2a 91bc", "u123", ""])
def test_a_slip_in_the_expected_hub_is_no_accusation(stranger: Terminal, typed: str) -> None:
    refused = verified(stranger, lines(a_log()), "--expect", typed)

    assert refused.status == 2
    assert "--expect takes" in refused.err
    assert "INVALID" not in refused.out
