"""A handful of seeds; `make simulate` runs many more, as the whole check does."""

import os
import subprocess
import sys

import pytest

from tests.simulation.running import CASES, RECORDS, Plan, run

slow = pytest.mark.slow


@pytest.mark.parametrize("seed", [pytest.param(1, marks=slow), 2, pytest.param(3, marks=slow), 5])
def test_hubs_agree_on_records_when_all_faults_have_ended(seed: int) -> None:
    """By deliveries and logs, by deliveries only, by logs only, and with a coalition."""
    outcome = run(Plan.of(seed, 3, RECORDS))

    assert outcome.problems == []


@pytest.mark.parametrize("seed", [2, 5])
def test_hubs_agree_on_escalations_when_all_faults_have_ended(seed: int) -> None:
    """By deliveries only, and with a coalition."""
    outcome = run(Plan.of(seed, 3, CASES))

    assert outcome.problems == []


@slow
def test_one_seed_has_one_trace_in_every_process_and_another_seed_another() -> None:
    here = [run(Plan.of(seed, 3)).digest for seed in (6, 6, 9)]

    elsewhere = [digest_elsewhere(6, hash_seed=hash_seed) for hash_seed in ("1", "2")]

    assert {here[0], here[1], *elsewhere} == {here[0]}
    assert here[2] != here[0]


def digest_elsewhere(seed: int, *, hash_seed: str) -> str:
    """Return the digest of a trace from a process of its own, with other hashes of texts."""
    command = (
        f"from tests.simulation.running import Plan, run; print(run(Plan.of({seed}, 3)).digest)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
