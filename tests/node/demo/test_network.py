"""The hubs of the demo as processes: free addresses, clean ends, waits with an end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from node.demo.network import PLACES, choose_addresses, stop_all
from node.demo.outside import StoryStopped, wait_for
from node.demo.telling import Teller

START_ONE = """
import sys, time
from pathlib import Path
from node.demo.network import choose_addresses
from node.demo.setting_up import found_one
hub = choose_addresses(Path(sys.argv[1]))[0][0]
found_one(hub)
hub.wait_until_up()
print(hub.process.pid, flush=True)
time.sleep(600)
"""


def until(probe: Callable[[], bool], seconds: float = 20) -> bool:
    """Return whether probe became true in time."""
    return wait_for("the end of a process", probe, seconds=seconds)


def is_gone(process: int) -> bool:
    """Return whether a process has ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_each_hub_gets_its_own_address_and_may_reach_all_others(tmp_path: Path) -> None:
    hubs, _ = choose_addresses(tmp_path)
    stop_all(hubs)

    authorities = [hub.authority for hub in hubs]
    assert len(set(authorities)) == 4
    assert all(hub.trusted == ",".join(authorities) for hub in hubs)


def test_a_taken_port_is_replaced_by_the_next_free_one_and_said(tmp_path: Path) -> None:
    place = PLACES[0]
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((place.host, place.port))
        except OSError:
            pytest.skip("the port is taken already, or the address is not set up here")
        taken.listen()

        hubs, remarks = choose_addresses(tmp_path)
        stop_all(hubs)

    assert hubs[0].authority != f"{place.host}:{place.port}"
    assert any(f"{place.host}:{place.port} is taken" in remark for remark in remarks)


def test_two_demos_that_look_at_the_same_moment_take_different_addresses(tmp_path: Path) -> None:
    one, _ = choose_addresses(tmp_path)
    other, _ = choose_addresses(tmp_path)

    assert not {hub.authority for hub in one} & {hub.authority for hub in other}
    stop_all(one)
    again, _ = choose_addresses(tmp_path)
    assert {hub.authority for hub in again} == {hub.authority for hub in one}
    stop_all([*other, *again])


def test_a_wait_ends_and_says_what_was_awaited() -> None:
    with pytest.raises(StoryStopped, match="the cows come home"):
        wait_for("the cows come home", lambda: False, seconds=0.2)


def test_what_is_not_good_is_always_told(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(1, check=False)
    teller.see(True, "fine")
    teller.see(False, "not fine")

    assert capsys.readouterr().out == "  ✗ not fine\n"
    assert not teller.all_good


def test_a_hub_stops_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", START_ONE, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    hub = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert until(lambda: is_gone(hub))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "node.cli.main", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as demo:
        try:
            until(lambda: any(tmp_path.rglob("server.lock")), seconds=60)
            locks = list(tmp_path.rglob("server.lock"))
            until(lambda: locks[0].read_text().strip() != "", seconds=60)
            hub = int(locks[0].read_text())

            demo.send_signal(number)
            _, err = demo.communicate(timeout=120)
        finally:
            demo.kill()

    assert demo.returncode == 130
    assert "nothing is left running" in err
    assert list(tmp_path.iterdir()) == []
    assert is_gone(hub)


def test_a_folder_that_holds_something_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    done = subprocess.run(
        [sys.executable, "-m", "node.cli.main", "demo", "--check", "--keep", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "is not empty" in done.stderr
