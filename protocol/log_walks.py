"""
Walking a log from page to page with little memory, and seeing what is missing in it.

`LogWalk` verifies what it is given and remembers where it is. It may begin anywhere: from entry 1
of a public log on it needs nothing else, further in it needs the hub's keyring, and without one it
still sees every change except one made by somebody who forges all that follows.
"""

from collections.abc import Sequence

from protocol.keyrings import Keyring, KnownVersion
from protocol.log_entries import (
    LogEntry,
    LogHeader,
    LogKind,
    check_chain,
    check_content,
    check_page,
    name_in_log,
    verify_entry,
)
from protocol.log_errors import LogKeyNotInForce, LogManifestMissing, LogManifestReplaced
from protocol.manifest import read_manifest

MOST_ERASED = 1000


class LogWalk:
    """
    One walk along one log.

    log, g, kind: which log it is, after the first page. first, last: the ends of what was walked.
    count, erased: entries, and those without content; erased_entries: numbers of the first
    MOST_ERASED of those. proven: False where no key was known.
    """

    def __init__(self, ring: Keyring | None = None) -> None:
        self._ring = ring
        self._missing: dict[str, list[int]] = {}
        self._versions: list[KnownVersion] = []
        self.log = ""
        self.g = ""
        self.kind: LogKind = "public"
        self.first: LogHeader | None = None
        self.last: LogHeader | None = None
        self.count = 0
        self.erased = 0
        self.erased_entries: list[int] = []
        self.proven = True

    @property
    def ring(self) -> Keyring | None:
        """Return the keyring: the given one, or that of the manifests seen on the way."""
        if self._ring is None and self._versions:
            return Keyring(self.g, tuple(self._versions))
        return self._ring

    @property
    def withheld(self) -> list[int]:
        """Return the numbers of entries without content which nothing walked so far deletes."""
        return sorted(seq for numbers in self._missing.values() for seq in numbers)

    def take(self, entries: Sequence[LogEntry]) -> None:
        """Verify the next page. Raises LogInvalid, in one of its kinds, or ManifestInvalid."""
        if not entries:
            return
        if self.first is None:
            self._begin(entries[0].h)
        if not self.proven:
            self._check_without_keys(entries)
        elif self.last is None and entries[0].h.seq > 1:
            self._check_from_the_middle(entries)
        else:
            self._check(entries, self.last)
        self.first = self.first or entries[0].h
        self.last = entries[-1].h
        self._count(entries)

    def _begin(self, header: LogHeader) -> None:
        self.log = header.log
        self.g, self.kind = name_in_log(header.log)
        if self._ring is not None and self._ring.g != self.g:
            raise LogManifestReplaced("The keys that were given are those of another hub.")
        from_the_start = header.seq == 1 and self.kind == "public"
        self.proven = from_the_start or self._ring is not None

    def _check(self, entries: Sequence[LogEntry], after: LogHeader | None) -> None:
        manifest = None
        if self.kind == "network":
            # Its count is apart from the public log's, so nothing says which manifest came when.
            manifest = self._ring.holding(entries[-1].h.key) if self._ring is not None else None
            if manifest is None:
                raise LogKeyNotInForce("The entries are signed by a key that is not the hub's.")
        elif self._versions:
            manifest = self._versions[-1].document
        page = check_page(entries, log=self.log, manifest=manifest, after=after)
        self._versions += [
            KnownVersion(entry.h.seq, entry.a, read_manifest(entry.a))
            for entry in page.entries
            if entry.h.op == "Manifest" and entry.a is not None
        ]

    def _check_from_the_middle(self, entries: Sequence[LogEntry]) -> None:
        """Check a page whose predecessor is not here: the first header is proven by the second."""
        first, ring = entries[0], self._ring
        document = None if ring is None else ring.before(first.h.seq + 1)
        if self.kind == "network":
            document = None if ring is None else ring.holding(entries[-1].h.key)
        if document is None:
            raise LogManifestMissing("The manifest in force is needed to check this page.")
        manifest = read_manifest(document)
        if self.kind == "public":
            self._versions = [KnownVersion(first.h.seq, document, manifest)]
        check_content(first)
        if len(entries) > 1:
            self._check(entries[1:], first.h)
            return
        key = manifest.verify_keys().get(first.h.key)
        if key is None:
            raise LogKeyNotInForce(f"Entry {first.h.seq} is signed by a key that is not in force.")
        verify_entry(first, key)

    def _check_without_keys(self, entries: Sequence[LogEntry]) -> None:
        headers = [entry.h for entry in entries]
        if self.last is None:
            check_chain(headers[1:], headers[0])
        else:
            check_chain(headers, self.last)
        for entry in entries:
            check_content(entry)

    def _count(self, entries: Sequence[LogEntry]) -> None:
        self.count += len(entries)
        for entry in entries:
            if entry.a is None:
                self.erased += 1
                if len(self.erased_entries) < MOST_ERASED:
                    self.erased_entries.append(entry.h.seq)
                self._missing.setdefault(entry.h.ref, []).append(entry.h.seq)
            elif entry.h.op == "Delete":
                self._missing.pop(entry.h.ref, None)
