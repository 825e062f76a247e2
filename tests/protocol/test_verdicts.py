"""Verdicts: every change is found and named, and nothing is called valid that was not proven."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from protocol.document_verdicts import verdict_on_document
from protocol.ids import activity_id, actor_id
from protocol.json import JsonObject
from protocol.keyrings import Keyring, ring_of_document, ring_of_entries
from protocol.log_entries import LogEntry
from protocol.log_verdicts import LogExamination, with_comparison
from protocol.manifest import fingerprint, first_manifest
from protocol.proofs import add_proof
from protocol.verdicts import Verdict, expecting
from tests.protocol.samples import (
    NOW,
    OTHER_REF,
    RECOVERY_A,
    SIGNING_A,
    SIGNING_B,
    A,
    B,
    create_activity,
)
from tests.protocol.test_log_entries import (
    ERASURE,
    MANIFEST,
    NEW_KEY,
    SECOND,
    G,
    a_log,
    a_longer_log,
    appended,
)


def examined(entries: list[LogEntry], ring: Keyring | None = None, size: int = 500) -> Verdict:
    examination = LogExamination(ring)
    for start in range(0, len(entries), size):
        examination.take(entries[start : start + size])
    return examination.verdict()


def ring() -> Keyring:
    return ring_of_entries(a_longer_log())


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_a_whole_log_is_valid_without_any_other_knowledge(size: int) -> None:
    verdict = examined(a_longer_log(), size=size)

    assert (verdict.state, verdict.kind, verdict.hub) == ("valid", "log", G)
    assert fingerprint(G) in verdict.says
    assert (verdict.facts["from"], verdict.facts["to"]) == (1, 5)
    assert verdict.facts["manifest"] == 2


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_page_from_the_middle_is_valid_with_the_keys(first: int, count: int) -> None:
    page = a_longer_log()[first : first + count]

    assert examined(page, ring()).state == "valid"
    assert examined(page).state == "unproven"
    assert examined(page).code == "key-unknown"


def test_a_page_from_the_middle_is_not_valid_with_the_keys_of_before_a_rotation() -> None:
    verdict = examined(a_longer_log()[4:], ring_of_document(MANIFEST))

    assert (verdict.state, verdict.code) == ("invalid", "log-key-not-in-force")


def test_keys_of_another_hub_are_no_help() -> None:
    other = first_manifest(
        origin=B, signing=SIGNING_B, sealing=(), recovery=RECOVERY_A.public, now=NOW
    )

    verdict = examined(a_log()[1:], ring_of_document(other))

    assert (verdict.state, verdict.code) == ("invalid", "log-manifest-replaced")


def test_erased_content_is_lawful_only_where_the_log_deletes_it() -> None:
    entries = a_log()
    erased = [entries[0], replace(entries[1], a=None), entries[2]]

    lawful, cut = examined(erased), examined(erased[:2])

    assert (lawful.state, lawful.facts["erased"]) == ("valid", 1)
    assert lawful.facts["erased_entries"] == [2]
    assert lawful.says.endswith("Its hub had the content of entry 2 erased.")
    assert (cut.state, cut.code) == ("unproven", "log-withheld")


def test_a_log_that_ends_too_early_is_noticed_when_its_length_is_known() -> None:
    examination = LogExamination()
    examination.take(a_log()[:2])

    verdict = examination.verdict(ends_at=3)

    assert (verdict.state, verdict.code) == ("invalid", "log-shrunk")


def test_two_proven_copies_that_differ_are_a_fork() -> None:
    one, other = LogExamination(keep_hashes=True), LogExamination(keep_hashes=True)
    trunk = a_log()[:2]
    one.take(appended(trunk, "Delete", ERASURE))
    other.take(appended(trunk, "Create", create_activity(ref=OTHER_REF)))

    verdict = with_comparison(one.verdict(), one.hashes, other.verdict(), other.hashes)

    assert (verdict.state, verdict.kind, verdict.code) == ("invalid", "fork", "log-fork")
    assert "number 3" in verdict.says


def test_a_shorter_copy_is_no_fork_and_another_log_no_comparison() -> None:
    whole, part = LogExamination(keep_hashes=True), LogExamination(keep_hashes=True)
    whole.take(a_log())
    part.take(a_log()[:2])

    verdict = with_comparison(whole.verdict(), whole.hashes, part.verdict(), part.hashes)

    assert verdict.state == "valid"
    assert "The other copy ends before number 3" in verdict.checks[-1].text


@pytest.mark.parametrize("text", [G, fingerprint(G), fingerprint(G).upper().replace(" ", "")])
def test_the_hub_that_is_expected_is_named_by_name_or_fingerprint(text: str) -> None:
    assert expecting(examined(a_log()), text).state == "valid"


def test_another_hub_than_the_expected_one_is_refused() -> None:
    verdict = expecting(examined(a_log()), "0000 1111 2222 3333 4444 5555 6666 7777")

    assert (verdict.state, verdict.code) == ("invalid", "other-hub")


def test_an_activity_and_the_object_in_it_are_valid_with_the_keys_of_their_hub() -> None:
    document = create_activity()

    whole = verdict_on_document(document, ring(), NOW)
    inner = verdict_on_document(document["object"], ring(), NOW)

    assert (whole.state, whole.kind, whole.hub) == ("valid", "activity", G)
    assert (inner.state, inner.kind) == ("valid", "object")
    assert whole.facts["name"] == "A guide"


def test_without_keys_nothing_is_called_valid_or_wrong() -> None:
    verdict = verdict_on_document(create_activity(), None, NOW)

    assert (verdict.state, verdict.code) == ("unproven", "key-unknown")


def _by_b(document: JsonObject) -> JsonObject:
    return add_proof(document, SIGNING_B, NOW)


def _elsewhere(document: JsonObject) -> JsonObject:
    return add_proof({**document, "id": activity_id(B, OTHER_REF)}, SIGNING_A, NOW)


def _for_b(document: JsonObject) -> JsonObject:
    return add_proof({**document, "actor": actor_id(B)}, SIGNING_A, NOW)


FORGERIES: dict[str, tuple[Callable[[JsonObject], JsonObject], str]] = {
    "changed": (lambda d: {**d, "published": "2020-01-01T00:00:00.000Z"}, "proof-invalid"),
    "added to": (lambda d: {**d, "summary": "More"}, "proof-invalid"),
    "inner changed": (
        lambda d: add_proof({**d, "object": {**d["object"], "name": "Forged"}}, SIGNING_A, NOW),
        "proof-invalid",
    ),
    "proof cut": (lambda d: {**d, "proof": {**d["proof"], "proofValue": "z11"}}, "proof-invalid"),
    "by another key": (_by_b, "key-not-of-hub"),
    "in another name": (_for_b, "not-owner"),
    "at another place": (_elsewhere, "origin-mismatch"),
    "expired": (
        lambda d: {**d, "proof": {**d["proof"], "expires": "2020-01-01T00:00:00Z"}},
        "proof-invalid",
    ),
}


@pytest.mark.parametrize(("forge", "code"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_activity_is_invalid_for_its_own_reason(
    forge: Callable[[JsonObject], JsonObject], code: str
) -> None:
    verdict = verdict_on_document(forge(create_activity()), ring(), NOW)

    assert (verdict.state, verdict.code) == ("invalid", code)


def test_what_an_old_key_signed_after_its_end_is_not_called_proven() -> None:
    late = add_proof(create_activity(), SIGNING_A, NOW.replace(year=2027))
    in_time = create_activity()

    assert verdict_on_document(late, ring(), NOW).code == "key-old"
    assert verdict_on_document(late, ring(), NOW).state == "unproven"
    assert verdict_on_document(in_time, ring(), NOW).state == "valid"


def test_a_document_without_a_proof_is_not_proven() -> None:
    document = {name: value for name, value in create_activity().items() if name != "proof"}

    verdict = verdict_on_document(document, ring(), NOW)

    assert (verdict.state, verdict.code) == ("unproven", "proof-missing")


def test_keys_of_an_actor_document_alone_name_no_hub() -> None:
    actor = {
        "id": actor_id(A),
        "type": "Organization",
        "assertionMethod": [
            {
                "id": SIGNING_A.id,
                "type": "Multikey",
                "controller": actor_id(A),
                "publicKeyMultibase": SIGNING_A.public.multibase,
            }
        ],
    }

    verdict = verdict_on_document(create_activity(), ring_of_document(actor), NOW)

    assert (verdict.state, verdict.hub) == ("valid", None)
    assert "serves this key" in verdict.says


def test_manifests_prove_themselves_and_one_another() -> None:
    first = verdict_on_document(MANIFEST, None, NOW)
    alone = verdict_on_document(SECOND, None, NOW)
    known = verdict_on_document(SECOND, ring(), NOW)
    following = verdict_on_document(SECOND, ring_of_document(MANIFEST), NOW)
    forged = verdict_on_document({**MANIFEST, "published": "2020-01-01T00:00:00.000Z"}, None, NOW)

    assert (first.state, first.hub) == ("valid", G)
    assert (alone.state, alone.hub) == ("unproven", None)
    assert (known.state, following.state) == ("valid", "valid")
    assert (forged.state, forged.hub) == ("invalid", None)


def test_a_keyring_knows_from_when_to_when_a_key_was_held() -> None:
    found = ring().find(SIGNING_A.id)

    assert found is not None
    assert found.first is not None
    assert found.ended is not None
    assert (found.first.version, found.ended.version) == (1, 2)
    assert ring().find(NEW_KEY.id) is not None
    assert ring().find(SIGNING_B.id) is None
