"""
Evidence that a hub showed its log shorter than it had been: two heads, both signed by its keys.

Both heads prove themselves from the hub's permanent name on. That the lower one was shown later is
the word of who noticed it: no signature says when a head was shown (docs/adr/0031).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.errors import ManifestInvalid, ProtocolError
from protocol.foreign import types_of
from protocol.json import JsonObject
from protocol.keyrings import Keyring, ring_of_manifests
from protocol.log_entries import LogHeader, name_in_log, read_header, verify_header
from protocol.log_errors import LogKeyNotInForce, LogManifestReplaced
from protocol.manifest import fingerprint
from protocol.verdicts import Check, Verdict

SHORTER_TYPE = "hub:ShorterLog"
UNDATED = "log-shorter-undated"


@dataclass(frozen=True, slots=True)
class ShorterEvidence:
    """
    Two heads of one log. held: the higher one, signed before; shown: what its hub showed later.

    manifests: those of the hub up to the higher one.
    """

    held: LogHeader
    shown: LogHeader
    manifests: tuple[JsonObject, ...]

    def to_json(self) -> JsonObject:
        """Return the document that anyone can check."""
        return {
            "type": SHORTER_TYPE,
            "version": 1,
            "log": self.held.log,
            "headers": [self.held.to_json(), self.shown.to_json()],
            "manifests": list(self.manifests),
        }


def is_shorter_evidence(document: JsonObject) -> bool:
    """Tell whether a document calls itself evidence of a log that became shorter."""
    return SHORTER_TYPE in types_of(document)


def check_shorter(evidence: ShorterEvidence) -> Keyring:
    """
    Return the keyring of the hub that signed both heads; raise if it did not.

    Raises LogManifestReplaced, LogKeyNotInForce, LogSignatureInvalid or ManifestInvalid, and
    ManifestInvalid too if the heads are not a higher and a lower one of one log.
    """
    held, shown = evidence.held, evidence.shown
    if held.log != shown.log or held.seq <= shown.seq:
        raise ManifestInvalid("These are not a higher and a lower head of one log.")
    ring = ring_of_manifests(evidence.manifests)
    if ring.g != name_in_log(held.log)[0]:
        raise LogManifestReplaced("The manifests are those of another hub.")
    for header in (held, shown):
        found = ring.find(header.key)
        if found is None:
            raise LogKeyNotInForce(f"Head {header.seq} is signed by a key that is not the hub's.")
        verify_header(header, found.key)
    return ring


def read_shorter(document: JsonObject) -> ShorterEvidence:
    """Return the evidence in a document, nothing proven. Raises LogInvalid, ManifestInvalid."""
    headers, manifests = document.get("headers"), document.get("manifests")
    if not isinstance(headers, list) or len(headers) != 2:
        raise ManifestInvalid("Evidence of a shorter log holds two headers.")
    if not isinstance(manifests, list) or not all(isinstance(each, dict) for each in manifests):
        raise ManifestInvalid("Evidence of a shorter log holds the manifests of the hub.")
    return ShorterEvidence(read_header(headers[0]), read_header(headers[1]), tuple(manifests))


def verdict_on_shorter(document: JsonObject) -> Verdict:
    """Return the verdict, never `valid`: when the lower head was shown, no signature says."""
    try:
        evidence = read_shorter(document)
        ring = check_shorter(evidence)
    except ProtocolError as error:
        check = Check("evidence", False, str(error), error.code)
        return Verdict("shorter log", "invalid", f"This is no evidence. {error}", (check,))
    held, shown = evidence.held, evidence.shown
    text = (
        f"The hub {fingerprint(str(ring.g))} signed the head {held.seq} at {held.at}, and the head "
        f"{shown.seq} at {shown.at}."
    )
    word = (
        "That it showed the lower one after the higher one is the word of who kept this: no"
        " signature says when a head was shown."
    )
    checks = (Check("heads", True, text), Check("order", None, word, UNDATED))
    facts = {"log": held.log, "held": held.seq, "shown": shown.seq}
    return Verdict("shorter log", "unproven", f"{text} {word}", checks, ring.g, facts)


def shorter_among(documents: Sequence[object], log: str) -> list[Check]:
    """
    Return a check, passed, for each document that proves two heads of this log; pass over others.

    Nothing in a copy of the log is wrong because its hub showed less of it; who reads it is told.
    """
    checks: list[Check] = []
    for document in documents:
        if not isinstance(document, dict) or document.get("log") != log:
            continue
        verdict = verdict_on_shorter(document)
        if verdict.state != "invalid" and verdict.facts["log"] == log:
            held, shown = verdict.facts["held"], verdict.facts["shown"]
            over = "; that is over" if document.get("settled") else ""
            text = (
                f"Who serves this says that its hub showed only {shown} entries after it had "
                f"signed {held}{over}."
            )
            checks.append(Check("shorter", True, text))
    return checks
