"""
Verdicts: what a check of a record, an entry, a page or a log came to, in words and in codes.

A verdict never says yes because nothing spoke against it: what could not be checked is `unproven`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from protocol.manifest import fingerprint

State = Literal["valid", "unproven", "invalid"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. passed: None where it could not be. code: why not."""

    what: str
    passed: bool | None
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What the checks came to.

    kind: log, page, entry, manifest, activity, object, receipt, erasure receipt or fork. says: one
    sentence for people. hub: permanent name of the hub whose keys decided, None where none did.
    facts: what was seen, for people and programs: short names, plain values.
    """

    kind: str
    state: State
    says: str
    checks: tuple[Check, ...] = ()
    hub: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the code of the first check that failed, or of the first that was not possible."""
        for passed in (False, None):
            for check in self.checks:
                if check.passed is passed:
                    return check.code
        return ""


def state_of(checks: Iterable[Check]) -> State:
    """Return valid if there is a check and all passed, invalid if one failed, unproven else."""
    results = [check.passed for check in checks]
    if False in results:
        return "invalid"
    return "unproven" if not results or None in results else "valid"


def with_checks(verdict: Verdict, checks: Sequence[Check], *, kind: str) -> Verdict:
    """Return the verdict with more checks, of that kind and in their words if one of them fails."""
    bad = next((check for check in checks if check.passed is False), None)
    together = (*verdict.checks, *checks)
    if bad is None:
        return replace(verdict, state=state_of(together), checks=together)
    return replace(verdict, kind=kind, state="invalid", says=bad.text, checks=together)


def expecting(verdict: Verdict, hub: str) -> Verdict:
    """Return the verdict with one more check: is it this hub? hub: its name or fingerprint."""
    wanted = hub.strip()
    seen = verdict.hub
    if seen is None:
        check = Check(
            "hub", None, "No hub is proven, so it is not known whose it is.", "key-unknown"
        )
    elif wanted == seen or fingerprint_digits(wanted) == fingerprint_digits(fingerprint(seen)):
        check = Check("hub", True, "It is the hub that was expected.")
    else:
        check = Check("hub", False, f"It is of another hub: {fingerprint(seen)}.", "other-hub")
    checks = (*verdict.checks, check)
    says = verdict.says if check.passed or verdict.state == "invalid" else check.text
    return replace(verdict, state=state_of(checks), says=says, checks=checks)


def fingerprint_digits(text: str) -> str:
    """Return a typed fingerprint without what people put between its digits."""
    return "".join(text.split()).replace("-", "").replace(":", "").lower()
