"""The program in docs/verify.md checks a log without our code, and finds what was changed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from protocol.keys import SigningKey
from protocol.log_entries import LogEntry, from_line, header_hash, to_line
from protocol.log_verdicts import LogExamination
from protocol.manifest import fingerprint, recovered_manifest
from protocol.manifest_model import LastGood
from tests.protocol.samples import NOW, RECOVERY_A, RECOVERY_A2, A
from tests.protocol.test_log_entries import SECOND, G, a_longer_log, appended

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"


def program() -> str:
    found = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return found[0]


def checked(folder: Path, body: bytes) -> subprocess.CompletedProcess[str]:
    (folder / "check.py").write_text(program(), "utf-8")
    (folder / "log.ndjson").write_bytes(body)
    return subprocess.run(
        [sys.executable, "-I", "check.py", "log.ndjson"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def lines(entries: list[LogEntry]) -> bytes:
    return b"".join(map(to_line, entries))


def test_a_log_with_a_change_of_keys_is_valid(tmp_path: Path) -> None:
    done = checked(tmp_path, lines(a_longer_log()))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == f"valid up to 5 of the hub {fingerprint(G)}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"A guide", b"A fraud"),
        (b'"seq":3', b'"seq":4'),
        (b'"op":"Delete"', b'"op":"Update"'),
        (b'"version":1', b'"version":7'),
        (b'"sig":"z', b'"sig":"z1'),
    ],
)
def test_what_was_changed_is_found(tmp_path: Path, old: bytes, new: bytes) -> None:
    body = lines(a_longer_log())
    assert old in body

    assert checked(tmp_path, body.replace(old, new, 1)).returncode == 1


def test_a_log_whose_keys_were_recovered_is_valid(tmp_path: Path) -> None:
    entries = a_longer_log()
    last = entries[-1].h
    newest = SigningKey.from_seed(f"{A}/actor#ed25519-3", b"3" * 32)
    manifest = recovered_manifest(
        SECOND,
        recovery=RECOVERY_A,
        next_recovery=RECOVERY_A2.public,
        origin=A,
        keys=(newest.public,),
        sealing=(),
        after=(LastGood(log=G, seq=last.seq, hash=header_hash(last)),),
        now=NOW,
    )

    log = lines(appended(entries, "Manifest", manifest, newest))
    examination = LogExamination()
    examination.take([from_line(line) for line in log.splitlines()])

    assert checked(tmp_path, log).stdout.startswith("valid up to 6")
    assert examination.verdict().state == "valid"
