"""The log: one signature proves a page, and what was erased leaves the chain whole."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.authority import Standing, authorize_logged
from protocol.documents.activities import delete
from protocol.errors import (
    ActorMismatch,
    LogFork,
    LogInvalid,
    ManifestInvalid,
    NotAPeer,
    ObjectUnverified,
    ProtocolError,
)
from protocol.ids import activity_id, actor_id
from protocol.json import JsonObject
from protocol.keys import SigningKey
from protocol.log_entries import (
    CheckedPage,
    LogEntry,
    LogHeader,
    check_chain,
    check_fork,
    check_page,
    from_line,
    head_field,
    header_hash,
    log_name,
    make_entry,
    name_in_log,
    read_head_field,
    read_header,
    to_line,
    verify_entry,
)
from protocol.manifest import first_manifest, name_of, next_manifest
from protocol.proofs import add_proof
from tests.protocol.samples import (
    AT,
    NOW,
    OTHER_REF,
    RECOVERY_A,
    REF,
    SIGNING_A,
    SIGNING_B,
    A,
    create_activity,
)

NEW_KEY = SigningKey.from_seed(f"{A}/actor#ed25519-2", b"n" * 32)
MANIFEST = first_manifest(
    origin=A, signing=SIGNING_A, sealing=(), recovery=RECOVERY_A.public, now=NOW
)
SECOND = next_manifest(MANIFEST, signer=SIGNING_A, now=NOW, keys=(NEW_KEY.public,))
G = name_of(MANIFEST)
ERASURE = add_proof(
    delete(
        activity_id(A, OTHER_REF),
        actor_id(A),
        f"{A}/resources/{REF}",
        former_type="Article",
        to=("https://www.w3.org/ns/activitystreams#Public",),
        at=AT,
    ),
    SIGNING_A,
    NOW,
)


def appended(
    entries: list[LogEntry],
    op: Any,
    document: JsonObject,
    key: SigningKey = SIGNING_A,
    log: str = G,
) -> list[LogEntry]:
    prev = header_hash(entries[-1].h) if entries else None
    entry = make_entry(
        log=log,
        seq=len(entries) + 1,
        prev=prev,
        at=NOW,
        op=op,
        ref=REF,
        document=document,
        key=key,
    )
    return [*entries, entry]


def a_log() -> list[LogEntry]:
    """Return manifest, Create, Delete."""
    entries = appended([], "Manifest", MANIFEST)
    entries = appended(entries, "Create", create_activity())
    return appended(entries, "Delete", ERASURE)


def a_longer_log() -> list[LogEntry]:
    """Return a log with a change of keys in the middle."""
    entries = appended(a_log(), "Manifest", SECOND, NEW_KEY)
    activity = add_proof(create_activity(ref=OTHER_REF), NEW_KEY, NOW)
    return appended(entries, "Create", activity, NEW_KEY)


def checked(entries: list[LogEntry], **changes: Any) -> CheckedPage:
    arguments: dict[str, Any] = {"log": G, "manifest": None, "after": None}
    return check_page(entries, **(arguments | changes))


def test_a_whole_log_verifies_from_its_name_alone() -> None:
    page = checked(a_log())

    assert page.head == a_log()[-1].h
    assert page.manifest == MANIFEST
    assert page.hub.origin == A


def test_a_log_verifies_in_pages_across_a_change_of_keys() -> None:
    entries = a_longer_log()

    for cut in range(1, len(entries)):
        first = checked(entries[:cut])
        second = checked(entries[cut:], manifest=first.manifest, after=first.head)
        assert second.manifest == SECOND
        assert second.head == entries[-1].h


def test_an_empty_page_changes_nothing() -> None:
    head = a_log()[-1].h

    page = checked([], manifest=MANIFEST, after=head)

    assert (page.entries, page.head) == ((), head)


def test_erased_content_leaves_the_chain_whole() -> None:
    entries = a_log()
    entries[1] = replace(entries[1], a=None)

    assert checked(entries).entries[1].a is None


def test_the_network_log_is_checked_with_the_manifest_of_the_public_one() -> None:
    name = log_name(G, "network")
    entries = appended([], "Create", create_activity(), log=name)

    assert checked(entries, log=name, manifest=MANIFEST).head == entries[0].h
    with pytest.raises(LogInvalid):
        checked(entries, log=name)
    with pytest.raises(LogInvalid):
        checked(appended([], "Manifest", MANIFEST, log=name), log=name, manifest=MANIFEST)


def broken() -> dict[str, list[LogEntry]]:
    entries, longer = a_log(), a_longer_log()
    create = entries[1]
    foreign = appended([], "Manifest", MANIFEST, log="u" + "B" * 43)
    by_another = appended(
        appended([], "Manifest", MANIFEST), "Create", create_activity(), SIGNING_B
    )
    old_key = [*longer[:4], *appended(longer[:4], "Create", create_activity())[4:]]
    lying = [entries[0], replace(create, h=replace(create.h, seq=9)), entries[2]]
    impostor = first_manifest(
        origin=A, signing=SIGNING_A, sealing=(), recovery=SIGNING_B.public, now=NOW
    )
    return {
        "a gap": [entries[0], entries[2]],
        "another order": [entries[0], entries[2], entries[1]],
        "not from the beginning": entries[1:],
        "content of another entry": [entries[0], replace(create, a=ERASURE), entries[2]],
        "altered content": [
            entries[0],
            replace(create, a={**(create.a or {}), "x": 1}),
            entries[2],
        ],
        "an altered header": lying,
        "an altered last header": [
            *entries[:2],
            replace(entries[2], h=replace(entries[2].h, ref=REF[:-1] + "T")),
        ],
        "a forged signature": [
            *entries[:2],
            replace(entries[2], h=replace(entries[2].h, sig=create.h.sig)),
        ],
        "another log": foreign,
        "a key of somebody else": by_another,
        "a key no longer in force": old_key,
        "an erased manifest": [replace(entries[0], a=None), *entries[1:]],
        "another manifest than the name says": appended([], "Manifest", impostor),
        "an op that is not the activity": appended(
            appended([], "Manifest", MANIFEST), "Update", create_activity()
        ),
        "no manifest first": appended([], "Create", create_activity()),
        "a second manifest that is no successor": appended(a_log(), "Manifest", MANIFEST),
    }


@pytest.mark.parametrize("fault", list(broken()))
def test_a_page_with_a_fault_is_refused(fault: str) -> None:
    with pytest.raises((LogInvalid, ManifestInvalid)):
        checked(broken()[fault])


def test_a_page_that_does_not_follow_what_is_held_is_refused() -> None:
    entries = a_log()

    for after in (entries[0].h, entries[2].h):
        with pytest.raises(LogInvalid):
            checked(entries[2:], manifest=MANIFEST, after=after)
    with pytest.raises(LogInvalid):
        checked(entries[2:], after=entries[1].h)


def test_two_headers_with_one_number_are_a_fork() -> None:
    entries = a_log()
    other = appended(entries[:2], "Create", create_activity())[2]

    check_fork(entries[2].h, entries[2].h)
    check_fork(entries[1].h, other.h)
    with pytest.raises(LogFork):
        check_fork(entries[2].h, other.h)


def test_only_check_page_makes_a_checked_page() -> None:
    with pytest.raises(TypeError):
        CheckedPage((), MANIFEST, None, token=object())


def test_a_single_entry_can_be_checked_by_its_key() -> None:
    entry = a_log()[1]

    verify_entry(entry, SIGNING_A.public)
    check_chain([entry.h], a_log()[0].h)
    for wrong in (SIGNING_B.public, NEW_KEY.public):
        with pytest.raises(LogInvalid):
            verify_entry(entry, wrong)


def test_an_activity_of_a_checked_page_is_verified() -> None:
    page = checked(a_log())

    verified = authorize_logged(page, page.entries[1], standing=Standing.PEER)

    assert verified.value.type == "Create"
    assert verified.owner.actor == actor_id(A)
    assert authorize_logged(page, page.entries[2], standing=Standing.PEER).value.type == "Delete"
    with pytest.raises(NotAPeer):
        authorize_logged(page, page.entries[1], standing=Standing.BLOCKED)
    with pytest.raises(ProtocolError):
        authorize_logged(page, page.entries[0], standing=Standing.PEER)
    with pytest.raises(ObjectUnverified):
        authorize_logged(page, a_log()[1], standing=Standing.PEER)


def test_a_log_cannot_speak_for_another_hub() -> None:
    entries = appended(
        appended([], "Manifest", MANIFEST), "Create", create_activity("https://b.example")
    )
    page = checked(entries)

    with pytest.raises(ActorMismatch):
        authorize_logged(page, page.entries[1], standing=Standing.PEER)


# Text


def test_a_line_reads_back_as_the_entry_it_was() -> None:
    for entry in [*a_longer_log(), replace(a_log()[1], a=None)]:
        line = to_line(entry)

        assert line.count(b"\n") == 1
        assert line.endswith(b"\n")
        assert from_line(line) == entry


HEADER = a_log()[1].h.to_json()


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"log": "x"},
        {"log": G + "/private"},
        {"seq": 0},
        {"seq": True},
        {"seq": "1"},
        {"prev": "x"},
        {"at": "2026-11-24T09:30:00Z"},
        {"at": "2026-11-24T10:30:00.000+01:00"},
        {"at": 7},
        {"op": "Like"},
        {"ref": "a name"},
        {"digest": "sha"},
        {"key": "key"},
        {"sig": 7},
        {"more": 1},
    ],
    ids=repr,
)
def test_a_malformed_header_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(LogInvalid):
        read_header({**HEADER, **fields})


@given(
    st.binary(max_size=80)
    | st.dictionaries(st.sampled_from(["h", "a"]), st.none()).map(str).map(str.encode)
)
def test_any_line_gives_an_entry_or_a_refusal(line: bytes) -> None:
    with suppress(ProtocolError):
        from_line(line)


@given(st.dictionaries(st.sampled_from(sorted(HEADER)), st.none() | st.integers() | st.text()))
def test_any_header_is_read_whole_or_refused(fields: dict[str, Any]) -> None:
    try:
        header = read_header({**HEADER, **fields})
    except ProtocolError:
        return

    assert header.to_json() == {**HEADER, **fields}


def test_the_name_of_a_log_tells_hub_and_kind() -> None:
    assert name_in_log(G) == (G, "public")
    assert name_in_log(log_name(G, "network")) == (G, "network")
    with pytest.raises(LogInvalid):
        name_in_log("/network")


@given(st.text(max_size=80))
def test_any_head_field_is_read_or_passed_over(text: str) -> None:
    found = read_head_field(text)

    assert found is None or found[1] >= 1


def test_a_head_field_reads_back() -> None:
    header: LogHeader = a_log()[2].h

    assert read_head_field(head_field(header)) == (G, 3)
    assert read_head_field(f'"{G}/network";seq=7') == (f"{G}/network", 7)
    assert read_head_field(f'"{G}";seq=0') is None
