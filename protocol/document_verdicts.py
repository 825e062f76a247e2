"""
Verdicts on single documents: an activity or an object with its proof, and a manifest.

A proof says that its key's owner made the document. It does not say that the document is the newest
word on its subject: only the log knows what came after (docs/verify.md).
"""

from datetime import datetime

from protocol.documents.erasure import is_erasure_receipt, read_erasure_receipt
from protocol.documents.receipt import check_kept, is_receipt, read_kept, read_receipt, taken_on
from protocol.errors import InvalidDocument, ProtocolError
from protocol.foreign import ids_of, text_of, types_of
from protocol.fork_evidence import (
    is_fork_evidence,
    is_fork_list,
    verdict_on_evidence,
    verdict_on_forks,
)
from protocol.ids import actor_id, is_url, same_origin
from protocol.json import JsonObject
from protocol.keyrings import Keyring, RingKey, ring_of_document
from protocol.keys import controller_of
from protocol.manifest import check_successor, fingerprint, name_of
from protocol.moments import read_stamp
from protocol.proofs import verification_method_of, verify_proof
from protocol.shorter_evidence import is_shorter_evidence, verdict_on_shorter
from protocol.verdicts import Check, Verdict, state_of, with_checks


def verdict_on_document(document: JsonObject, ring: Keyring | None, now: datetime) -> Verdict:
    """
    Return the verdict on an activity, an object or a manifest.

    ring: what is known of the keys of its hub; a first manifest needs none. now: for proofs that
    end at a time.
    """
    if "hub:Manifest" in types_of(document):
        return _on_manifest(document, ring)
    if is_fork_evidence(document):
        return verdict_on_evidence(document)
    if is_shorter_evidence(document):
        return verdict_on_shorter(document)
    if is_fork_list(document):
        return verdict_on_forks(document)
    if is_erasure_receipt(document):
        return _on_receipt(document, ring, now)
    if is_receipt(document):
        return _on_request_receipt(document, ring, now)
    kind = "activity" if "actor" in document and "object" in document else "object"
    checks = _checks_of(document, kind, ring, now)
    inner = document.get("object")
    if isinstance(inner, dict) and "proof" in inner:
        checks += _checks_of(inner, "object in it", ring, now)
    state = state_of(checks)
    failed = next((c for c in checks if c.passed is (False if state == "invalid" else None)), None)
    g = None if ring is None else ring.g
    if state == "valid":
        by = "the actor that serves this key" if g is None else f"the hub {fingerprint(g)}"
        says = f"This {kind} was made by {by}, and nothing in it was changed since."
    else:
        word = "must not be trusted" if state == "invalid" else "is not proven"
        says = f"This {kind} {word}. {failed.text if failed is not None else ''}".strip()
    return Verdict(kind, state, says, tuple(checks), g, _facts(document))


def _on_request_receipt(document: JsonObject, ring: Keyring | None, now: datetime) -> Verdict:
    """A receipt says when a hub took a request in; what was in it, only who kept it can show."""
    checks = _checks_of(document, "receipt", ring, now)
    g, facts = (None if ring is None else ring.g), _facts(document)
    try:
        receipt = read_receipt(document)
    except ProtocolError as error:
        checks.append(Check("form of the receipt", False, str(error), error.code))
        return Verdict(
            "receipt", "invalid", f"This is no receipt. {error}", tuple(checks), g, facts
        )
    state = state_of(checks)
    facts |= {"taken_at": receipt.taken_at, "fields": ", ".join(sorted(receipt.digests))}
    if state == "valid":
        says = f"{receipt.hub} took a request in on {taken_on(receipt)}, and signed for it."
    else:
        word = "must not be trusted" if state == "invalid" else "is not proven"
        failed = next(check for check in checks if not check.passed)
        says = f"This receipt {word}. {failed.text}"
    return Verdict("receipt", state, says, tuple(checks), g, facts)


def with_kept(verdict: Verdict, document: JsonObject, kept: JsonObject) -> Verdict:
    """
    Return the verdict on a receipt with one more check for each field that its holder kept.

    kept: salt and fields, as `Kept.as_json` writes them.
    """
    if verdict.kind != "receipt" or verdict.state == "invalid":
        return verdict
    try:
        checks = check_kept(read_receipt(document), read_kept(kept))
    except ProtocolError as error:
        checks = (Check("what was kept", False, str(error), error.code),)
    return with_checks(verdict, checks, kind="receipt")


def key_named_by(document: JsonObject) -> str | None:
    """Return the id of the key that a document's proof names, still unproven; None without one."""
    try:
        return verification_method_of(document)
    except ProtocolError:
        return None


def _facts(document: JsonObject) -> dict[str, object]:
    inner = document.get("object")
    told = inner if isinstance(inner, dict) else document
    proof = document.get("proof")
    facts: dict[str, object] = {
        "type": ", ".join(types_of(document)),
        "id": document.get("id"),
        "name": text_of(told, "name"),
        "object": ids_of(inner)[0] if ids_of(inner) else None,
        "by": next(iter(ids_of(document.get("actor", document.get("attributedTo")))), None),
        "key": key_named_by(document),
        "signed_at": proof.get("created") if isinstance(proof, dict) else None,
    }
    return {name: value for name, value in facts.items() if value}


def _checks_of(part: JsonObject, what: str, ring: Keyring | None, now: datetime) -> list[Check]:
    key_id = key_named_by(part)
    if key_id is None:
        text = f"The {what} carries no proof of the kind eddsa-jcs-2022."
        return [Check(f"proof of the {what}", None, text, "proof-missing")]
    found = None if ring is None else ring.find(key_id)
    if found is None:
        text = (
            f"The key {key_id} is not known here."
            if ring is None
            else f"The key {key_id} is none of the hub's."
        )
        code = "key-unknown" if ring is None else "key-not-of-hub"
        passed = None if ring is None or ring.g is None else False
        return [Check(f"proof of the {what}", passed, text, code)]
    try:
        verify_proof(part, found.key, now)
    except ProtocolError as error:
        return [Check(f"proof of the {what}", False, str(error), error.code)]
    checks = [Check(f"proof of the {what}", True, f"It fits the key {key_id}.")]
    return [*checks, _check_owner(part, what, found, ring), *_check_age(part, what, found)]


def _check_owner(part: JsonObject, what: str, found: RingKey, ring: Keyring | None) -> Check:
    owners = set(ids_of(part.get("actor", part.get("attributedTo"))))
    origins = frozenset() if ring is None else ring.origins
    allowed = {actor_id(origin) for origin in origins} | {controller_of(found.key.id)}
    name = f"owner of the {what}"
    if not owners or not owners <= allowed:
        return Check(name, False, "It speaks for somebody who does not own the key.", "not-owner")
    identity = part.get("id")
    if not is_url(identity) or not any(same_origin(str(identity), owner) for owner in owners):
        text = "Its id is not on the origin of its owner."
        return Check(name, False, text, "origin-mismatch")
    return Check(name, True, f"It speaks for {min(owners)}, who owns the key.")


def _check_age(part: JsonObject, what: str, found: RingKey) -> list[Check]:
    if found.ended is None:
        return []
    name, ended = f"age of the key of the {what}", read_stamp(found.ended.published)
    text = f"The key was replaced by manifest version {found.ended.version} on {ended:%Y-%m-%d}"
    try:
        proof = part["proof"]
        made = read_stamp(proof["created"] if isinstance(proof, dict) else None)
    except (InvalidDocument, KeyError):
        return [
            Check(name, None, f"{text}, and the proof does not say when it was made.", "key-old")
        ]
    if made > ended:
        return [Check(name, None, f"{text}, before this was signed.", "key-old")]
    return [Check(name, True, f"{text}; by its own date this was signed before.")]


def _on_receipt(document: JsonObject, ring: Keyring | None, now: datetime) -> Verdict:
    """A receipt says who erased what and when; whose key signed it decides who says so."""
    checks = _checks_of(document, "receipt", ring, now)
    facts = _facts(document)
    told = ""
    try:
        receipt = read_erasure_receipt(document)
        erasure = receipt.erasure
        when = f"{read_stamp(erasure.erased_at):%Y-%m-%d %H:%M} UTC"
        told = (
            f"erased {erasure.subject} by {when}"
            if erasure.held
            else f"holds nothing of {erasure.subject}, as of {when}"
        )
        facts |= {
            "subject": erasure.subject,
            "held": erasure.held,
            "erased_at": erasure.erased_at,
            "asked_by": receipt.asker,
            "request": receipt.request,
        }
    except ProtocolError as error:
        checks.append(Check("shape of the receipt", False, str(error), error.code))
    state = state_of(checks)
    g = None if ring is None else ring.g
    if state == "valid":
        who = str(facts["by"]) if g is None else f"The hub {fingerprint(g)} ({facts['by']})"
        says = f"{who} says that it {told}. Nothing in its receipt was changed since."
    else:
        word = "must not be trusted" if state == "invalid" else "is not proven"
        failed = next(c for c in checks if c.passed is (False if state == "invalid" else None))
        says = f"This receipt for an erasure {word}. {failed.text}"
    return Verdict("erasure receipt", state, says, tuple(checks), g, facts)


def _on_manifest(document: JsonObject, ring: Keyring | None) -> Verdict:
    """A first manifest proves itself and gives the name; a later one must follow those known."""
    checks: list[Check] = []
    g = None if ring is None else ring.g
    try:
        if ring is None or document.get("version") == 1:
            alone = ring_of_document(document)
            if g is not None and alone.g != g:
                text = "This is the first manifest of another hub."
                checks.append(Check("name", False, text, "log-manifest-replaced"))
            else:
                g = alone.g
                checks.append(Check("proof of the manifest", True, "It fits a key it holds."))
        elif any(name_of(v.document) == name_of(document) for v in ring.versions):
            checks.append(Check("history", True, "It is one of the manifests in the hub's log."))
        elif ring.versions:
            check_successor(ring.versions[-1].document, document)
            checks.append(Check("history", True, "It lawfully follows the newest one known."))
        else:
            text = "The manifests before it are not known here."
            checks.append(Check("history", None, text, "log-manifest-missing"))
    except ProtocolError as error:
        later = ring is None and document.get("version") != 1
        checks.append(
            Check("proof of the manifest", None if later else False, str(error), error.code)
        )
    state = state_of(checks)
    facts = {
        "id": document.get("id"),
        "version": document.get("version"),
        "by": document.get("attributedTo"),
        "published": document.get("published"),
    }
    if state == "valid":
        says = f"This is a manifest of the hub {fingerprint(str(g))}."
    else:
        says = f"This manifest {'is wrong' if state == 'invalid' else 'is not proven'}."
        says += f" {next(check.text for check in checks if not check.passed)}"
    return Verdict("manifest", state, says, tuple(checks), g if state == "valid" else None, facts)
