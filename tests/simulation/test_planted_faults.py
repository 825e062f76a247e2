"""The simulation finds faults: planted ones, each of another kind, within a few seeds."""

from dataclasses import replace

import pytest

from tests.simulation.planted import IN_CASES, IN_RECORDS
from tests.simulation.running import CASES, RECORDS, Plan, Plant, run

FEW = 12
"""Seeds: some for each way in which records travel; mostly the first ones are enough."""


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_RECORDS)
def test_a_fault_planted_in_records_is_found_within_few_seeds(name: str) -> None:
    assert found(*IN_RECORDS[name], subjects=RECORDS), f"{FEW} seeds did not find {name}."


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_CASES)
def test_a_fault_planted_in_sealed_cases_is_found_within_few_seeds(name: str) -> None:
    assert found(*IN_CASES[name], subjects=CASES), f"{FEW} seeds did not find {name}."


def found(plant: Plant, words: str, *, subjects: tuple[str, ...]) -> bool:
    """Return whether a few seeds say those words of a fault."""
    for seed in range(1, FEW + 1):
        outcome = run(replace(Plan.of(seed, 3, subjects), patience=3600.0), plant)
        if any(words in problem for problem in outcome.problems):
            return True
    return False
