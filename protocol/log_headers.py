"""
Headers of a log: the signed, chained part of an entry, free of personal data (docs/adr/0010).

A hub has two logs: `u<G>`, public, and `u<G>/network` for approved peers, each with its own count.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from protocol.canonical import SAFE_INTEGER, canonicalize
from protocol.digests import hash_link, is_hash_link, same_link
from protocol.errors import InvalidDocument, InvalidKey, LogFork, LogInvalid, SignatureInvalid
from protocol.ids import is_ulid, is_url
from protocol.json import JsonObject
from protocol.keys import VerifyKey
from protocol.log_errors import (
    LogChainBroken,
    LogEntryMissing,
    LogHeaderMalformed,
    LogKeyNotInForce,
    LogNumberTwice,
    LogOfAnother,
    LogSignatureInvalid,
)
from protocol.manifest import is_name
from protocol.moments import read_stamp, stamp
from protocol.multikey import decode_multibase

LogKind = Literal["public", "network"]
Operation = Literal["Manifest", "Create", "Update", "Delete", "Announce"]
OPERATIONS: Final = frozenset({"Manifest", "Create", "Update", "Delete", "Announce"})

_SIGNED_PREFIX = b"hub-log-v1\n"
_NETWORK = "/network"
_HEAD_FIELD = re.compile(r'"(u[A-Za-z0-9_-]{43}(?:/network)?)";seq=([1-9][0-9]{0,14})', re.ASCII)
_HEADER_KEYS = frozenset({"v", "log", "seq", "prev", "at", "op", "ref", "digest", "key", "sig"})


@dataclass(frozen=True)
class LogHeader:
    """The signed part of an entry. It holds no personal data."""

    log: str
    """Name of the log, see `log_name`."""
    seq: int
    """1, 2, 3, …"""
    prev: str | None
    """Hash of the header before; None in the first."""
    at: str
    """When it was appended, as `moments.stamp` writes it."""
    op: str
    """Manifest, Create, Update, Delete or Announce."""
    ref: str
    """What it is about: an opaque ULID; all entries about one record share it."""
    digest: str
    """Hash link of the canonical activity."""
    key: str
    """Id of the Ed25519 key that signed."""
    sig: str
    """Multibase Ed25519 signature of `hub-log-v1`, a line feed, and the canonical rest."""

    def to_json(self) -> JsonObject:
        """Return the header as it stands in a log and in /hub/heads."""
        return {**self.unsigned(), "sig": self.sig}

    @cached_property
    def canonical(self) -> bytes:
        """The header in canonical form, worked out once: what `prev` of the next is a hash of."""
        return canonicalize(self.to_json())

    def unsigned(self) -> JsonObject:
        """Return what is signed."""
        return {
            "v": 1,
            "log": self.log,
            "seq": self.seq,
            "prev": self.prev,
            "at": self.at,
            "op": self.op,
            "ref": self.ref,
            "digest": self.digest,
            "key": self.key,
        }


def log_name(g: str, kind: LogKind = "public") -> str:
    """Return the name of a hub's log: its permanent name, for the network log with `/network`."""
    return g if kind == "public" else g + _NETWORK


def name_in_log(log: str) -> tuple[str, LogKind]:
    """Return the hub's permanent name and the kind of a log. Raises LogInvalid."""
    g, kind = (log[: -len(_NETWORK)], "network") if log.endswith(_NETWORK) else (log, "public")
    if not is_name(g):
        raise LogInvalid("This is no name of a log.")
    return g, kind  # type: ignore[return-value]


def header_hash(header: LogHeader) -> str:
    """Return the hash link of a header, signature included: the next one's `prev`."""
    return hash_link(header.canonical)


def verify_header(header: LogHeader, key: VerifyKey) -> None:
    """Raise LogInvalid unless this key signed the header and is the one it names."""
    if header.key != key.id:
        raise LogKeyNotInForce(f"Entry {header.seq} names another key.")
    try:
        key.verify(decode_multibase(header.sig), signed_bytes(header))
    except (InvalidKey, SignatureInvalid) as error:
        raise LogSignatureInvalid(
            f"The signature of entry {header.seq} does not fit its header."
        ) from error


def check_chain(headers: Sequence[LogHeader], after: LogHeader | None = None) -> None:
    """
    Raise LogInvalid unless the headers follow one another, and the first follows `after`.

    after: the last header that is already trusted; None at the beginning of a log.
    """
    before = after
    for header in headers:
        if before is None:
            if header.seq != 1 or header.prev is not None:
                raise LogEntryMissing("A log begins with number 1, which has no predecessor.")
        elif header.log != before.log:
            raise LogOfAnother(f"Entry {header.seq} belongs to another log.")
        elif header.seq <= before.seq:
            raise LogNumberTwice(f"Entry {header.seq} comes after entry {before.seq}.")
        elif header.seq > before.seq + 1:
            raise LogEntryMissing(f"Entry {before.seq + 1} is missing.")
        elif header.prev is None or not same_link(header.prev, header_hash(before)):
            raise LogChainBroken(
                f"Entry {header.seq} does not follow entry {before.seq} as it stands here."
            )
        before = header


def check_fork(one: LogHeader, other: LogHeader) -> None:
    """Raise LogFork if these are two different headers with one number in one log."""
    same_place = (one.log, one.seq) == (other.log, other.seq)
    if same_place and not same_link(header_hash(one), header_hash(other)):
        raise LogFork(f"The log has two entries with the number {one.seq}.")


def read_header(value: object) -> LogHeader:
    """Return the header in a JSON object, its shape checked, its signature not. LogInvalid else."""
    if not isinstance(value, dict) or value.keys() != _HEADER_KEYS or value["v"] != 1:
        raise LogHeaderMalformed("A log header must have exactly the fields of version 1.")
    texts = ("log", "at", "op", "ref", "digest", "key", "sig")
    if any(not isinstance(value[name], str) or len(value[name]) > 2048 for name in texts):
        raise LogHeaderMalformed("A field of a log header is not text.")
    seq, prev = value["seq"], value["prev"]
    if (
        type(seq) is not int
        or not 1 <= seq <= SAFE_INTEGER
        or not (prev is None or is_hash_link(prev))
    ):
        raise LogHeaderMalformed("The number or predecessor of a log header is malformed.")
    name_in_log(value["log"])
    sound = is_ulid(value["ref"]) and is_hash_link(value["digest"]) and is_url(value["key"])
    if not sound or value["op"] not in OPERATIONS:
        raise LogHeaderMalformed("The op, ref, digest or key of a log header is malformed.")
    try:
        if stamp(read_stamp(value["at"])) != value["at"]:
            raise LogHeaderMalformed("The time of a log header must be UTC with milliseconds.")
    except InvalidDocument as error:
        raise LogHeaderMalformed("The time of a log header cannot be read.") from error
    fields: dict[str, Any] = {name: item for name, item in value.items() if name != "v"}
    return LogHeader(**fields)


def head_field(header: LogHeader) -> str:
    """Return the value of the field Hub-Head that deliveries between hubs carry."""
    return f'"{header.log}";seq={header.seq}'


def read_head_field(text: str) -> tuple[str, int] | None:
    """Return log name and newest number of a Hub-Head field, None if it is malformed."""
    match = _HEAD_FIELD.fullmatch(text.strip())
    return None if match is None else (match[1], int(match[2]))


def signed_bytes(header: LogHeader) -> bytes:
    """Return what a header's signature is over."""
    return _SIGNED_PREFIX + canonicalize(header.unsigned())
