"""hub keys: shown, rotated, checked and recovered; no moment of a crash leaves the hub without."""

import asyncio
import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.changes import Act, ChangeStore
from content.resources.record import ResourceRecord, read_record
from federation.log import Log
from federation.own_keys import CHECKED, RECOVERY_KEY
from federation.publishing import add_resource
from node.assembly import open_node
from node.findings.keys import of_keys
from node.home import HubHome
from node.key_renewal import KeyKeeper
from node.keyfiles import load_vault_key
from node.recovery_paper import recovery_text
from node.settings import read_settings
from protocol.log_entries import check_page, from_line
from protocol.manifest import read_manifest
from tests.node.cli.terminal import ENVIRONMENT, ORIGIN, Printed, Terminal
from tests.seams import FixedClock

ROOT = Path(__file__).parents[3]
FILES = {"actor-ed25519.pem", "actor-rsa.pem", "application.pem", "vault"}


def names_of(keys: list[dict[str, Any]]) -> list[str]:
    return [key["id"].partition("#")[2] for key in keys]


def private_files(terminal: Terminal) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (terminal.home / "keys").iterdir()}


def modes(terminal: Terminal) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in (terminal.home / "keys").iterdir()}


def forget_shown(terminal: Terminal, seq: int) -> None:
    """Write a mark as if others had seen more of our log than this database has."""
    g = terminal.json("keys", "show")["g"]
    mark = {g: {"seq": seq, "hash": "u" + "A" * 43}}
    (terminal.home / "log-shown.json").write_text(json.dumps(mark))


def is_refused(printed: Printed, words: str) -> bool:
    """Return whether a command ended with 1 and said this, without anything on stdout."""
    assert "Traceback" not in printed.err
    return printed.status == 1 and printed.out == "" and words in " ".join(printed.err.split())


# --- show -----------------------------------------------------------------------------------------


def test_the_keys_are_shown_with_how_long_they_count_and_no_private_half(
    terminal: Terminal,
) -> None:
    shown = terminal.json("keys", "show")
    printed = terminal.run("keys", "show")

    assert (shown["manifest"], shown["recovery_key"]["checked_at"]) == (1, None)
    assert names_of(shown["signing"]) == ["ed25519-1"]
    assert shown["signing"][0]["signs"] is True
    assert shown["signing"][0]["counts_until"] is None
    assert [key["current"] for key in shown["sealing"]] == [True, True]
    assert printed.status == 0
    assert "never checked" in printed.out
    assert "signs since" in printed.out
    assert "hub keys check-recovery" in printed.err
    everything = printed.out + printed.err + json.dumps(shown)
    for path in (terminal.home / "keys").glob("sealing-*.json"):
        assert json.loads(path.read_bytes())["seed"] not in everything


def test_who_may_not_operate_sees_and_changes_no_keys(terminal: Terminal) -> None:
    terminal.json("user", "add", "mireia", "--role", "caseworker")
    before = private_files(terminal)

    for command in (("show",), ("rotate",), ("check-recovery",)):
        assert is_refused(terminal.run("keys", *command, "--as", "mireia", text="x"), "right")

    assert private_files(terminal) == before


# --- rotate ---------------------------------------------------------------------------------------


def test_a_rotation_puts_a_new_key_in_place_and_destroys_the_private_half_before(
    terminal: Terminal,
) -> None:
    old = private_files(terminal)["actor-ed25519.pem"]

    done = terminal.json("keys", "rotate")
    shown = terminal.json("keys", "show")

    assert done == {"manifest": 2, "keys": ["ed25519-2"]}
    assert names_of(shown["signing"]) == ["ed25519-2", "ed25519-1"]
    assert [key["signs"] for key in shown["signing"]] == [True, False]
    assert shown["signing"][1]["counts_until"] > shown["signing"][0]["since"]
    assert old not in private_files(terminal).values()
    assert set(private_files(terminal)) >= FILES
    assert modes(terminal) == {0o600}
    assert "counts until" in terminal.run("keys", "show").out
    assert terminal.rows("select by, subject from changes where what = 'keys.rotate'") == [
        ("femke", "ed25519-2")
    ]


def test_sealing_keys_are_rotated_and_the_ones_before_open_what_is_under_way(
    terminal: Terminal,
) -> None:
    before = names_of(terminal.json("keys", "show")["sealing"])

    done = terminal.json("keys", "rotate", "--sealing")
    shown = terminal.json("keys", "show")

    assert done["manifest"] == 2
    assert done["keys"] == names_of([key for key in shown["sealing"] if key["current"]])
    assert names_of([key for key in shown["sealing"] if not key["current"]]) == before
    assert names_of(shown["signing"]) == ["ed25519-1"]
    assert len({*done["keys"], *before}) == 4
    assert modes(terminal) == {0o600}
    assert "opens old messages, ended" in terminal.run("keys", "show").out


def test_a_rotation_says_what_to_do_next(terminal: Terminal) -> None:
    printed = terminal.run("keys", "rotate")

    assert printed.status == 0
    assert printed.out == "Rotated to ed25519-2, by manifest 2.\n"
    assert "backup" in printed.err


@pytest.mark.parametrize("sealing", [(), ("--sealing",)])
def test_nothing_is_rotated_while_entries_of_our_log_may_be_lost(
    terminal: Terminal, sealing: tuple[str, ...]
) -> None:
    forget_shown(terminal, 5)
    before = private_files(terminal)

    assert is_refused(terminal.run("keys", "rotate", *sealing), "hub sync")
    assert private_files(terminal) == before


def test_keys_that_do_not_fit_the_manifest_are_refused_with_what_to_do(terminal: Terminal) -> None:
    old = private_files(terminal)["actor-ed25519.pem"]
    terminal.json("keys", "rotate")
    (terminal.home / "keys" / "actor-ed25519.pem").write_bytes(old)

    assert is_refused(terminal.run("keys", "show"), "hub keys recover")


async def test_a_running_server_takes_up_what_a_command_beside_it_rotated(
    terminal: Terminal,
) -> None:
    home = HubHome(terminal.home)
    async with open_node(home, read_settings(home), threaded=True) as node:
        keeper = KeyKeeper(home, node)
        assert await keeper.look() is False
        await node.database.write(lambda db: add_resource(db, node.hub, a_guide(), an_act(node)))

        command = [sys.executable, "-m", "node.cli.main", "--home", str(home.path)]
        for rotation in (("rotate",), ("rotate", "--sealing")):
            done = subprocess.run(  # noqa: ASYNC221 - the test may wait
                [*command, "keys", *rotation], cwd=ROOT, env=environment(), check=True
            )
            assert done.returncode == 0
            # Until it has looked it goes on with the old key, which counts for a while.
            await node.database.write(
                lambda db: add_resource(db, node.hub, a_guide(), an_act(node))
            )
            assert await keeper.look() is True
        assert await keeper.look() is False

        assert node.hub.keys.signing.id == f"{ORIGIN}/actor#ed25519-2"
        await node.database.write(lambda db: add_resource(db, node.hub, a_guide(), an_act(node)))
        await check_log(node)


# --- check-recovery -------------------------------------------------------------------------------


def test_the_paper_is_checked_and_it_is_remembered_when(terminal: Terminal) -> None:
    paper = terminal.recovery

    checked = terminal.json("keys", "check-recovery", text=paper)
    carelessly = paper.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    again = terminal.run("keys", "check-recovery", text=f"  {carelessly}\n")

    assert checked["recovery_key"] == "right"
    assert again.status == 0, again.err
    assert "Put the paper back" in again.out
    assert "checked" in terminal.run("keys", "show").out
    assert "recovery key: checked on" in terminal.run("doctor").out
    stored = b"".join(path.read_bytes() for path in terminal.home.rglob("*") if path.is_file())
    assert paper.encode() not in stored


def test_another_paper_a_slip_and_nothing_are_told_apart(terminal: Terminal) -> None:
    paper, another = terminal.recovery, recovery_text(b"another hub".ljust(32))
    slip = ("B" if paper[0] != "B" else "C") + paper[1:]

    for typed, words in (
        (slip, "sign is missing or wrong"),
        (paper[:-1], "sign is missing or wrong"),
        ("", "on stdin"),
        ("A" * 2000, "on stdin"),
        (another, "not the recovery key"),
    ):
        assert is_refused(terminal.run("keys", "check-recovery", text=typed), words)
    assert terminal.json("keys", "show")["recovery_key"]["checked_at"] is None


# --- recover --------------------------------------------------------------------------------------


def test_a_recovery_replaces_every_key_but_the_one_of_the_case_texts(
    terminal: Terminal,
) -> None:
    paper = terminal.recovery
    before = private_files(terminal)

    printed = terminal.run("keys", "recover", text=paper)

    assert printed.status == 0, printed.err
    (next_paper,) = [line.strip() for line in printed.out.splitlines() if line.count("-") > 8]
    assert next_paper != paper
    after = private_files(terminal)
    assert after["vault"] == before["vault"]
    for name in FILES - {"vault"}:
        assert after[name] != before[name]
    assert not any(before[name] in after.values() for name in FILES - {"vault"})
    assert modes(terminal) == {0o600}
    shown = terminal.json("keys", "show")
    assert (shown["manifest"], len(shown["signing"])) == (2, 1)
    assert sum(key["current"] for key in shown["sealing"]) == 2
    assert is_refused(terminal.run("keys", "check-recovery", text=paper), "newest paper")
    assert terminal.json("keys", "check-recovery", text=next_paper)
    stored = b"".join(path.read_bytes() for path in terminal.home.rglob("*") if path.is_file())
    assert next_paper.encode() not in stored


def test_a_recovery_prints_one_json_document_and_the_paper_before_it_counts(
    terminal: Terminal,
) -> None:
    paper = terminal.recovery

    printed = terminal.run("keys", "recover", "--json", text=paper)

    assert printed.status == 0
    done = printed.json
    assert (done["version"], done["new_vault"]) == (2, False)
    assert f"New recovery key: {done['recovery']}" in printed.err


def test_keys_can_be_recovered_after_they_were_rotated_and_again_and_again(
    terminal: Terminal,
) -> None:
    paper = terminal.recovery
    terminal.json("keys", "rotate")
    terminal.json("keys", "rotate", "--sealing")

    for version in (4, 5):
        done = terminal.json("keys", "recover", text=paper)
        assert done["version"] == version
        paper = done["recovery"]

    assert terminal.json("keys", "rotate")["manifest"] == 6
    assert terminal.run("doctor").status == 0


@pytest.mark.parametrize("lost", ["all", "signing", "vault"])
def test_a_hub_whose_key_files_are_lost_comes_back_with_the_paper(
    terminal: Terminal, lost: str
) -> None:
    paper = terminal.recovery
    files = {"all": "*", "signing": "actor-ed25519.pem", "vault": "vault"}
    for path in (terminal.home / "keys").glob(files[lost]):
        path.unlink()
    assert is_refused(terminal.run("keys", "show"), "Restore the keys")

    printed = terminal.run("keys", "recover", text=paper)

    assert printed.status == 0, printed.err
    assert ("cannot be read any more" in printed.err) is (lost != "signing")
    assert terminal.json("keys", "show")["manifest"] == 2
    assert modes(terminal) == {0o600}


def test_a_recovery_is_refused_while_the_server_runs_and_before_anything_is_asked(
    terminal: Terminal,
) -> None:
    paper = terminal.recovery
    before = private_files(terminal)

    with HubHome(terminal.home).locked():
        assert is_refused(terminal.run("keys", "recover", text=""), "Stop it first")
        assert is_refused(terminal.run("keys", "recover", text=paper), "Stop it first")

    assert private_files(terminal) == before


def test_a_recovery_is_refused_with_a_wrong_paper_and_by_who_may_not(terminal: Terminal) -> None:
    paper, another = terminal.recovery, recovery_text(b"another hub".ljust(32))
    terminal.json("user", "add", "mireia", "--role", "caseworker")
    before, rows = private_files(terminal), terminal.contents()

    assert is_refused(terminal.run("keys", "recover", text=another), "not the recovery key")
    assert is_refused(terminal.run("keys", "recover", text=paper[:-1]), "sign is missing or wrong")
    assert is_refused(terminal.run("keys", "recover", "--as", "mireia", text=paper), "right")
    assert is_refused(terminal.run("keys", "recover", text=" "), "on stdin")

    assert (private_files(terminal), terminal.contents()) == (before, rows)


def test_entries_that_others_saw_are_not_made_void_by_mistake(
    terminal: Terminal,
) -> None:
    paper = terminal.recovery
    forget_shown(terminal, 5)

    assert is_refused(terminal.run("keys", "recover", text=paper), "--void-later")
    done = terminal.json("keys", "recover", "--void-later", text=paper)

    assert done["version"] == 2
    # They are void now: the hub goes on, and no longer waits for them.
    assert terminal.json("keys", "rotate")["manifest"] == 3


def test_a_hub_on_a_new_disk_does_not_guess_what_its_peers_have_seen(
    terminal: Terminal,
) -> None:
    paper = terminal.recovery
    home = HubHome(terminal.home)
    terminal.run("doctor")
    home.high_water.unlink()
    add_a_peer(terminal)

    assert is_refused(terminal.run("keys", "recover", text=paper), "--void-later")


def add_a_peer(terminal: Terminal) -> None:
    from content.database import connect, transaction
    from federation.peers import Peer, PeerStore

    peer = Peer(
        actor="https://rights.other.example/actor",
        host="rights.other.example",
        g="u" + "B" * 43,
        kind="hub",
        name="Other",
        inbox="https://rights.other.example/inbox",
        state="active",
        document={},
        added_by="femke",
        added_at=an_act().at,
    )
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        PeerStore(db).add(peer)
    db.close()


# --- killed ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", ["rotate", "rotate --sealing", "recover"])
def test_at_whatever_step_it_is_killed_keys_and_manifest_agree_after_the_next_start(
    terminal: Terminal, tmp_path: Path, command: str
) -> None:
    paper = terminal.recovery
    before = private_files(terminal)
    copies = tmp_path / "copies"
    copies.mkdir()

    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.node.cli.killed", str(terminal.home), str(copies)),
            *(paper, "keys", *command.split()),
        ],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode()
    steps = int(done.stdout)
    assert steps > 3
    versions = [asyncio.run(after_a_kill(copies / str(n), before)) for n in range(1, steps + 1)]
    # Killed early nothing has changed; killed late all of it has. Unpublished sealing keys that
    # were drawn are published at the start.
    assert versions == sorted(versions)
    assert (versions[0], versions[-1]) == (1, 2)
    if command == "recover":
        for number in (1, steps // 2, steps - 1, steps):
            one_paper_is_right(Terminal(copies / str(number)), paper)


async def after_a_kill(folder: Path, before: dict[str, bytes]) -> int:
    """Start the hub in a folder; check its keys and return the version of its manifest."""
    home = HubHome(folder)
    settings = read_settings(home)
    async with open_node(home, settings, threaded=False) as node:  # as any command does
        signing = node.hub.keys.signing.public
    async with open_node(home, settings, threaded=True) as node:
        g, keys = node.hub.identity.g, node.hub.keys
        documents = await node.database.read(lambda db: Log(db).manifests(g))
        oldest, manifest = read_manifest(documents[0]), read_manifest(documents[-1])
        assert keys.signing.public == signing
        assert manifest.keys[0].multibase == signing.multibase
        now = node.clock.now()
        current = {key.id for key in keys.sealing if key.expires > now}
        assert {key.id for key in manifest.public_sealing_keys() if key.expires > now} <= current
        assert current <= {key.id for key in manifest.sealing_keys}
        await node.database.write(lambda db: add_resource(db, node.hub, a_guide(), an_act(node)))
        await check_log(node)
    files = {path.name: path for path in home.keys.iterdir()}
    assert {name for name in files if not name.startswith("sealing-")} == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert load_vault_key(home)
    changed = manifest.keys[0].multibase != oldest.keys[0].multibase
    held = [path.read_bytes() for path in home.path.rglob("*") if path.is_file()]
    assert any(before["actor-ed25519.pem"] in content for content in held) is not changed
    return manifest.version


def one_paper_is_right(terminal: Terminal, paper: str) -> None:
    """Check that of the papers that a person has by now exactly one counts, and recovers."""
    printed = terminal.home.with_suffix(".out").read_text()
    papers = [paper, *(line.strip() for line in printed.splitlines() if line.count("-") > 8)]
    right = [p for p in papers if terminal.run("keys", "check-recovery", text=p).status == 0]
    assert len(right) == 1
    done = terminal.json("keys", "recover", text=right[0])
    assert terminal.json("keys", "check-recovery", text=done["recovery"])


# --- doctor ---------------------------------------------------------------------------------------


def test_doctor_tells_of_sealing_keys_that_have_ended(terminal: Terminal) -> None:
    for path in (terminal.home / "keys").glob("sealing-*.json"):
        key = json.loads(path.read_bytes())
        path.write_bytes(json.dumps({**key, "expires": days_ago(2)}).encode())

    printed = terminal.run("doctor")

    assert printed.status == 0
    assert "look    sealing key: has ended" in printed.out
    assert "Start the server" in printed.out


def test_doctor_tells_of_sealing_keys_that_end_soon(terminal: Terminal) -> None:
    for path in (terminal.home / "keys").glob("sealing-*.json"):
        key = json.loads(path.read_bytes())
        path.write_bytes(json.dumps({**key, "expires": days_ago(-5)}).encode())

    assert "look    sealing key: ends on" in terminal.run("doctor").out


def test_doctor_asks_for_the_paper_when_nobody_has_looked_at_it(terminal: Terminal) -> None:
    printed = terminal.run("doctor").out

    assert "ok      recovery key: printed on" in printed
    assert ", never checked" in printed


async def test_doctor_asks_a_month_after_it_was_printed_and_a_year_after_each_check(
    terminal: Terminal,
) -> None:
    home = HubHome(terminal.home)
    async with open_node(home, read_settings(home), threaded=False) as node:
        start = node.clock.now()

        async def states(days: int) -> list[str]:
            later = replace(node, clock=FixedClock(start + timedelta(days=days)))
            found = await node.database.read(lambda db: list(of_keys(db, later)))
            return [f"{each.state} {each.found}" for each in found if each.what == "recovery key"]

        assert "ok printed" in (await states(29))[0]
        assert (await states(31))[0].startswith("look printed")
        act = Act("femke", start)
        await node.database.write(lambda db: ChangeStore(db).record(act, CHECKED, RECOVERY_KEY))
        assert "ok checked on" in (await states(300))[0]
        assert "look checked on" in (await states(400))[0]


def days_ago(days: int) -> str:
    return (an_act().at - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def an_act(node: Any = None) -> Act:
    from node.clock import WallClock

    return Act("femke", (WallClock() if node is None else node.clock).now())


def a_guide() -> ResourceRecord:
    return read_record(
        {
            "title": "Guide",
            "summary": "How to.",
            "url": f"https://city.example/{os.urandom(6).hex()}",
            "publisher": "City",
            "language": "en",
            "kind": "guide",
            "topics": ["procurement"],
        }
    )


async def check_log(node: Any) -> None:
    g = node.hub.identity.g
    lines = await node.database.read(
        lambda db: Log(db).lines(g, after=0, limit=1000, most_bytes=10**8)
    )
    check_page([from_line(line) for line in lines], log=g, manifest=None, after=None)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_TRUSTED_AUTHORITIES": str(ENVIRONMENT["HUB_TRUSTED_AUTHORITIES"])}
