"""Verdicts on the terminal and as JSON."""

from protocol.manifest import fingerprint
from protocol.verdicts import Verdict

_MARKS = {True: "ok      ", None: "unproven", False: "WRONG   "}
_WORDS = {"valid": "VALID", "unproven": "NOT PROVEN", "invalid": "INVALID"}
_NAMES = {"newest": "newest entry", "from": "first entry", "to": "last entry"}


def plain_verdict(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as programs read it."""
    return {
        "verdict": verdict.state,
        "kind": verdict.kind,
        "says": verdict.says,
        "code": verdict.code,
        "g": verdict.hub,
        "fingerprint": None if verdict.hub is None else fingerprint(verdict.hub),
        "facts": verdict.facts,
        "checks": [
            {"what": c.what, "passed": c.passed, "text": c.text, "code": c.code}
            for c in verdict.checks
        ],
    }


def print_verdict(verdict: Verdict) -> None:
    """Print a verdict for people: the sentence first, then what it rests on."""
    from node.cli.output import note, print_fields, say

    say(f"{_WORDS[verdict.state]}: {verdict.says}")
    say()
    for check in verdict.checks:
        say(f"{_MARKS[check.passed]}  {check.what}: {check.text}")
    facts = [
        (_NAMES.get(name, name.replace("_", " ")), v)
        for name, v in verdict.facts.items()
        if name != "erased_entries"  # the sentence names the first of them, --json many more
    ]
    say()
    print_fields(
        [
            *facts,
            ("hub", verdict.hub),
            ("fingerprint", verdict.hub and fingerprint(verdict.hub)),
        ]
    )
    if verdict.state == "valid" and verdict.hub is not None:
        note(
            "\nWho is behind a fingerprint only people can say: compare it with what the hub tells "
            "you on the phone or on paper."
        )
    if verdict.code == "key-unknown" or (verdict.kind, verdict.state) == ("manifest", "unproven"):
        note("\nSay where the keys of the hub are: --keys FILE or URL of its log.")
