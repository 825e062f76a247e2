"""
Evidence that a hub forked its log: two headers with one number, both signed by its keys.

A document that proves itself from the hub's permanent name on: whoever shows it need not be
believed. It says nothing about which of both is the right one; that takes people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from protocol.errors import LogFork, ManifestInvalid, ProtocolError
from protocol.foreign import types_of
from protocol.json import JsonObject
from protocol.keyrings import Keyring, ring_of_manifests
from protocol.log_entries import LogHeader, check_fork, name_in_log, read_header, verify_header
from protocol.log_errors import LogKeyNotInForce, LogManifestReplaced
from protocol.manifest import fingerprint, read_manifest
from protocol.manifest_model import Manifest
from protocol.shorter_evidence import verdict_on_shorter
from protocol.verdicts import Check, State, Verdict

FORK_TYPE = "hub:Fork"
NO_FORK = "log-no-fork"


@dataclass(frozen=True, slots=True)
class ForkEvidence:
    """Two headers of one log with one number. manifests: up to those in force there."""

    one: LogHeader
    other: LogHeader
    manifests: tuple[JsonObject, ...]

    def to_json(self) -> JsonObject:
        """Return the document that anyone can check."""
        return {
            "type": FORK_TYPE,
            "version": 1,
            "log": self.one.log,
            "seq": self.one.seq,
            "headers": [self.one.to_json(), self.other.to_json()],
            "manifests": list(self.manifests),
        }


def is_fork_evidence(document: JsonObject) -> bool:
    """Tell whether a document calls itself evidence of a fork."""
    return FORK_TYPE in types_of(document)


def check_evidence(evidence: ForkEvidence) -> Keyring:
    """
    Return the keyring of the hub that signed both headers; raise if it did not.

    Raises LogManifestReplaced, LogKeyNotInForce, LogSignatureInvalid or ManifestInvalid. Whether
    the headers differ is for `differ` to say.
    """
    g, kind = name_in_log(evidence.one.log)
    ring = ring_of_manifests(evidence.manifests)
    if ring.g != g:
        raise LogManifestReplaced("The manifests are those of another hub.")
    last = max((n for n, each in enumerate(ring.versions) if each.manifest.recovery), default=0)
    # What keys of before a recovery signed is void, and no fork (manifest_history.py).
    held = ring.versions[last:]
    if kind == "public":
        # The number may be that of a manifest: then the keys before and after it both may sign.
        held = held[-2:]
    keys = {name: key for each in held for name, key in each.manifest.verify_keys().items()}
    for header in (evidence.one, evidence.other):
        if header.key not in keys:
            raise LogKeyNotInForce(f"Entry {header.seq} is signed by a key that is not in force.")
        verify_header(header, keys[header.key])
    return ring


def differ(one: LogHeader, other: LogHeader) -> bool:
    """Tell whether these are two different headers with one number in one log."""
    try:
        check_fork(one, other)
    except LogFork:
        return True
    return False


def read_evidence(document: JsonObject) -> ForkEvidence:
    """Return the evidence in a document, nothing proven. Raises LogInvalid, ManifestInvalid."""
    headers, manifests = document.get("headers"), document.get("manifests")
    if not isinstance(headers, list) or len(headers) != 2:
        raise ManifestInvalid("Evidence of a fork holds two headers.")
    if not isinstance(manifests, list) or not all(isinstance(each, dict) for each in manifests):
        raise ManifestInvalid("Evidence of a fork holds the manifests of the hub.")
    return ForkEvidence(read_header(headers[0]), read_header(headers[1]), tuple(manifests))


def settled_by(evidence: ForkEvidence, history: Sequence[JsonObject]) -> Manifest | None:
    """
    Return the manifest by which the hub's recovery key settled a fork, None if none of these does.

    history: proven manifests of the hub, oldest first. A recovery ends the epoch in which both
    headers were signed and vouches for one branch up to its place (docs/adr/0030).
    """
    epoch = read_manifest(evidence.manifests[-1]).next
    for old, new in pairwise(map(read_manifest, history)):
        if new.recovery is not None and old.next == epoch:
            return new
    return None


def verdict_on_evidence(document: JsonObject, history: Sequence[JsonObject] = ()) -> Verdict:
    """
    Return the verdict: `invalid`, the log that is, where the evidence holds; else unproven.

    history: proven manifests of the hub. Where one of them settles the fork, the verdict is
    `valid`: from there on the log is what the hub published, and the fork is history.
    """
    try:
        evidence = read_evidence(document)
        ring = check_evidence(evidence)
    except ProtocolError as error:
        check = Check("evidence", None, str(error), error.code)
        return Verdict("fork", "unproven", f"This proves no fork. {error}", (check,))
    one, other = evidence.one, evidence.other
    if not differ(one, other):
        check = Check("evidence", None, "The two headers are one, or of two places.", NO_FORK)
        return Verdict("fork", "unproven", f"This proves no fork. {check.text}", (check,))
    check = fork_check(evidence, ring, settled_by(evidence, history))
    facts = {"log": one.log, "seq": one.seq, "one": one.at, "other": other.at}
    state: State = "invalid" if check.passed is False else "valid"
    return Verdict("fork", state, check.text, (check,), ring.g, facts)


def is_fork_list(document: JsonObject) -> bool:
    """Tell whether a document is what `GET /hub/forks/{G}` answers."""
    return isinstance(document.get("forks"), list) and not types_of(document)


def verdict_on_forks(document: JsonObject) -> Verdict:
    """Return the verdict on all evidence that a hub shows: the first that proves a fork decides."""
    forks = document.get("forks")
    told = forks if isinstance(forks, list) else []
    history = _history_in(document)
    verdicts = [verdict_on_evidence(each, history) for each in told if isinstance(each, dict)]
    if not verdicts:
        shorter = document.get("shorter")
        if isinstance(shorter, list) and shorter and isinstance(shorter[-1], dict):
            return verdict_on_shorter(shorter[-1])
        check = Check("evidence", None, "No fork of this log is known there.", NO_FORK)
        return Verdict("fork", "unproven", check.text, (check,))
    return next((v for state in _WORST_FIRST for v in verdicts if v.state == state), verdicts[0])


_WORST_FIRST: tuple[State, ...] = ("invalid", "valid", "unproven")


def _history_in(document: JsonObject) -> tuple[JsonObject, ...]:
    """Return the manifests that a list of forks brings along, if they prove themselves."""
    manifests = document.get("manifests")
    if not isinstance(manifests, list) or not all(isinstance(each, dict) for each in manifests):
        return ()
    try:
        return tuple(each.document for each in ring_of_manifests(manifests).versions)
    except ProtocolError:
        return ()


def fork_check(evidence: ForkEvidence, ring: Keyring, settling: Manifest | None = None) -> Check:
    """Return the check that proven evidence stands for: failed, unless the hub settled it."""
    text = (
        f"The hub {fingerprint(str(ring.g))} signed two different entries with the number "
        f"{evidence.one.seq}: its log has forked there, and what follows is in doubt."
    )
    if settling is None:
        return Check("fork", False, text, "log-fork")
    place = settling.last_good(evidence.one.log)
    upto = "" if place is None else f" which vouches for this log up to number {place.seq},"
    text = (
        f"The log forked once, at number {evidence.one.seq}. The hub's recovery key settled that "
        f"with manifest {settling.version},{upto} so the fork is history."
    )
    return Check("fork", True, text)


def forks_among(
    documents: Sequence[object], log: str, history: Sequence[JsonObject] = ()
) -> list[Check]:
    """
    Return a check for each document that proves a fork of this log; pass over others.

    history: proven manifests of the hub. What one of them settles is passed and told, all else is
    failed.
    """
    checks: list[Check] = []
    for document in documents:
        if isinstance(document, dict) and document.get("log") == log:
            verdict = verdict_on_evidence(document, history)
            if verdict.state != "unproven" and verdict.facts["log"] == log:
                checks += verdict.checks
    return checks
