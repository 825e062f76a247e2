"""Verdicts on logs: a whole one, a page, a single entry, and two copies beside each other."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from protocol.errors import ProtocolError
from protocol.json import JsonObject
from protocol.keyrings import Keyring
from protocol.log_entries import LogEntry, header_hash
from protocol.log_walks import LogWalk
from protocol.manifest import fingerprint
from protocol.verdicts import Check, Verdict, state_of, with_checks

MOST_NAMED = 10
"""Numbers of entries that a text names; facts hold as many."""


class LogExamination:
    """
    Looks at a log page by page, with little memory, and says in the end what it came to.

    ring: keys of the hub where the pages do not begin with its first manifest. keep_hashes: for
    `with_comparison`: also keep the hash of each header, in `hashes`.
    """

    def __init__(self, ring: Keyring | None = None, *, keep_hashes: bool = False) -> None:
        self._walk = LogWalk(ring)
        self._keep = keep_hashes
        self._problem: ProtocolError | None = None
        self.hashes: list[str] = []

    @property
    def seq(self) -> int:
        """Return the number of the last entry that verified; 0 before the first."""
        return 0 if self._walk.last is None else self._walk.last.seq

    @property
    def manifests(self) -> tuple[JsonObject, ...]:
        """Return the manifests that are proven so far, oldest first."""
        ring = self._walk.ring
        return () if ring is None else tuple(each.document for each in ring.versions)

    def take(self, page: Sequence[LogEntry]) -> bool:
        """Look at the next page; return False once something does not verify."""
        if self._problem is None:
            try:
                self._walk.take(page)
            except ProtocolError as error:
                self._problem = error
            else:
                if self._keep:
                    self.hashes += [header_hash(entry.h) for entry in page]
        return self._problem is None

    def fail(self, problem: ProtocolError) -> None:
        """Note that the next page could not even be read."""
        self._problem = self._problem or problem

    def verdict(self, *, ends_at: int | None = None) -> Verdict:
        """Return what it came to. ends_at: the newest number, as whoever shows the log says."""
        checks = list(_checks(self._walk, self._problem))
        if self._problem is None and ends_at is not None:
            checks.append(_check_end(self._walk, ends_at))
        return _verdict(self._walk, checks)


def _checks(walk: LogWalk, problem: ProtocolError | None) -> Iterable[Check]:
    if problem is not None:
        where = "its beginning" if walk.last is None else f"entry {walk.last.seq}"
        yield Check("chain", False, f"{problem} It verifies up to {where}.", problem.code)
        return
    if walk.first is None or walk.last is None:
        yield Check("entries", None, "There is no entry here.", "log-entry-missing")
        return
    first, last = walk.first.seq, walk.last.seq
    text = f"The entries {first} to {last} follow one another; no content was changed."
    if first == last:
        text = f"The content of entry {last} was not changed; what comes before is not here."
    yield Check("chain", True, text)
    if walk.proven:
        yield Check("signature", True, f"Entry {walk.last.seq} is signed by a key of the hub.")
    else:
        text = "The keys of this hub are not known here, so nobody's signature was checked."
        yield Check("signature", None, text, "key-unknown")
    missing = walk.withheld
    if missing:
        named = ", ".join(map(str, missing[:MOST_NAMED]))
        more = " and more" if len(missing) > MOST_NAMED else ""
        text = f"The content of {named}{more} is missing, and nothing in these entries deletes it."
        # Further on in the log there may be the Delete; a part of a log cannot say.
        yield Check("content", None, text, "log-withheld")


def _check_end(walk: LogWalk, ends_at: int) -> Check:
    here = 0 if walk.last is None else walk.last.seq
    if here < ends_at:
        text = f"Who shows the log says that it has {ends_at} entries, and shows {here}."
        return Check("end", False, text, "log-shrunk")
    return Check("end", True, f"It goes on to entry {here}, as who shows it says.")


def _verdict(walk: LogWalk, checks: list[Check]) -> Verdict:
    whole = walk.first is not None and walk.first.seq == 1
    kind = "log" if whole and walk.count > 1 else "entry" if walk.count == 1 else "page"
    state = state_of(checks)
    facts: dict[str, object] = {"log": walk.log, "kind": walk.kind, "entries": walk.count}
    if walk.first is not None and walk.last is not None:
        facts |= {
            "from": walk.first.seq,
            "to": walk.last.seq,
            "newest": walk.last.at,
            "head": header_hash(walk.last),
            "erased": walk.erased,
            "erased_entries": walk.erased_entries,
            "withheld": walk.withheld[:MOST_NAMED],
        }
    ring = walk.ring
    if ring is not None and ring.newest is not None:
        facts |= {"origin": ring.newest.origin, "manifest": ring.newest.version}
    proven = walk.g if walk.proven and walk.count else None
    if state == "valid":
        says = (
            f"This {kind} is what the hub {fingerprint(walk.g)} published, up to number "
            f"{facts['to']}; nothing was changed, left out or put in.{_erased(walk)}"
        )
    else:
        bad = next(c for c in checks if c.passed is (False if state == "invalid" else None))
        word = "does not verify" if state == "invalid" else "is not wholly proven"
        says = f"This {kind} {word}. {bad.text}"
    return Verdict(kind, state, says, tuple(checks), proven, facts)


def _erased(walk: LogWalk) -> str:
    """Say which entries lost their content to a Delete, as the law may demand."""
    if not walk.erased:
        return ""
    word = "entry" if walk.erased == 1 else "entries"
    named = ", ".join(map(str, walk.erased_entries[:MOST_NAMED]))
    more = " and more" if walk.erased > MOST_NAMED else ""
    return f" Its hub had the content of {word} {named}{more} erased."


def with_comparison(
    verdict: Verdict, ours: list[str], other: Verdict, theirs: list[str]
) -> Verdict:
    """
    Return the verdict with what a second copy of the same log says to it.

    ours, theirs: hashes of the headers of both, each from entry 1 on. Both verdicts are of whole
    logs. Two proven copies that differ at one number are a fork: the hub signed both.
    """
    return with_checks(verdict, [_compared(verdict, ours, other, theirs)], kind="fork")


def _compared(verdict: Verdict, ours: list[str], other: Verdict, theirs: list[str]) -> Check:
    if other.state == "invalid" or other.hub is None:
        return Check("other copy", None, f"The other copy is no help. {other.says}", other.code)
    if verdict.state == "invalid" or verdict.hub is None:
        return Check("other copy", None, "This copy is not proven, so it cannot be compared.")
    if verdict.facts.get("log") != other.facts.get("log"):
        return Check("other copy", None, "The other copy is of another log.", "log-of-another")
    for place, (one, two) in enumerate(zip_longest(ours, theirs), start=1):
        if one is None or two is None:
            which = "This copy" if one is None else "The other copy"
            text = f"{which} ends before number {place}; up to there both are the same."
            return Check("other copy", True, text)
        if one != two:
            text = (
                f"The hub signed two different entries with the number {place}: this log has "
                f"forked ({one} here, {two} in the other copy)."
            )
            return Check("other copy", False, text, "log-fork")
    return Check("other copy", True, "The other copy is the same.")
