"""The folder of a hub, its lock, and its key files."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from node.home import AlreadyServing, HomeTaken, HubHome, write_private
from node.keyfiles import (
    create_keys,
    load_keys,
    load_vault_key,
)
from node.private_files import KeyFilesUnsafe
from node.recovery_paper import read_recovery, recovery_text
from tests.seams import START, SeededChance

ORIGIN = "https://hub.example"


@pytest.fixture
def home(tmp_path: Path) -> HubHome:
    home = HubHome(tmp_path / "hub")
    home.create()
    return home


def test_a_new_home_is_for_its_owner_only(home: HubHome) -> None:
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert home.keys.stat().st_mode & 0o777 == 0o700


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(HomeTaken):
        HubHome(tmp_path).create()

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_one_server_at_a_time_and_the_refusal_names_the_process(home: HubHome) -> None:
    with home.locked():
        assert home.is_serving()
        with pytest.raises(AlreadyServing, match=f"process {os.getpid()}"), home.locked():
            pass

    assert not home.is_serving()


def test_private_files_are_never_overwritten(home: HubHome) -> None:
    write_private(home.keys / "one", b"1")

    with pytest.raises(FileExistsError):
        write_private(home.keys / "one", b"2")


def test_keys_that_were_created_are_loaded_again(home: HubHome) -> None:
    new = create_keys(home, ORIGIN, START, SeededChance())

    loaded = load_keys(home, ORIGIN, START)

    assert loaded.signing.to_pem() == new.keys.signing.to_pem()
    assert loaded.rsa.id == f"{ORIGIN}/actor#main-key"
    assert loaded.application.id == f"{ORIGIN}/application#main-key"
    assert [key.suite for key in loaded.sealing] == [key.suite for key in new.keys.sealing]
    assert load_vault_key(home) == new.vault
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in home.keys.iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_key_file_that_others_may_touch_is_refused(home: HubHome, mode: int) -> None:
    create_keys(home, ORIGIN, START, SeededChance())
    (home.keys / "actor-rsa.pem").chmod(mode)

    with pytest.raises(KeyFilesUnsafe, match="chmod 600"):
        load_keys(home, ORIGIN, START)


@pytest.mark.parametrize("content", [b"", b"\n", b"no key at all"])
def test_an_empty_or_damaged_key_file_is_refused(home: HubHome, content: bytes) -> None:
    create_keys(home, ORIGIN, START, SeededChance())
    (home.keys / "actor-ed25519.pem").write_bytes(content)

    with pytest.raises(KeyFilesUnsafe, match="Restore the keys"):
        load_keys(home, ORIGIN, START)


def test_a_vault_key_of_equal_bytes_is_no_key(home: HubHome) -> None:
    create_keys(home, ORIGIN, START, SeededChance())
    (home.keys / "vault").write_bytes(b"A" * 43 + b"=")

    with pytest.raises(KeyFilesUnsafe):
        load_vault_key(home)


def test_sealing_keys_are_destroyed_thirty_days_after_their_end(home: HubHome) -> None:
    new = create_keys(home, ORIGIN, START, SeededChance())
    end = new.keys.sealing[0].expires

    assert len(load_keys(home, ORIGIN, end + timedelta(days=29)).sealing) == 2
    assert load_keys(home, ORIGIN, end + timedelta(days=31)).sealing == ()
    assert not list(home.keys.glob("sealing-*"))


def test_a_recovery_key_survives_paper_and_a_wrong_sign_is_noticed() -> None:
    seed = SeededChance().bytes(32)
    text = recovery_text(seed)

    assert read_recovery(f"  {text.lower()}\n") == seed
    wrong = ("B" if text[0] == "A" else "A") + text[1:]
    with pytest.raises(KeyFilesUnsafe):
        read_recovery(wrong)
