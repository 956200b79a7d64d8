"""Walks a chain page by page and finds the first place where it was tampered with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .chain import GENESIS, Head, Seal, content_hash, head_mac, link, same
from .entry import AuditLog
from .keyring import Keyring


@dataclass(frozen=True, slots=True)
class Break:
    """The first place that does not verify.

    `reason` is one of entry_changed (a column was), entry_missing (deleted), entry_forged (written without the key),
    seal_missing, seal_changed, tail_missing (the chain ends too early), head_changed, head_missing, chain_missing (a
    whole chain is gone), key_unknown (sealed under a key that is not configured) and anchor_differs (the chain is not
    the one that an earlier head was noted of).
    """

    reason: str
    sequence: int | None = None
    audit_log: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that somebody noted outside of the database: the chain must still go through it."""

    sequence: int
    hash: str


class Walk:
    """One chain from its beginning; give it the seals in the order of their numbers, and then its head."""

    def __init__(self, ring: Keyring, anchor: Anchor | None = None) -> None:
        self._ring = ring
        self._anchor = anchor
        self._mac = GENESIS
        self.sequence = 0
        self.first_break: Break | None = None

    @property
    def hash(self) -> str:
        """The hash of the last seal that verified."""
        return self._mac

    def take(self, seals: Iterable[Seal], entries: Mapping[str, AuditLog]) -> None:
        """Verify the next seals and the entries that they are about; nothing is looked at behind a break."""
        for seal in seals:
            if self.first_break is None:
                self.first_break = self._fault(seal, entries.get(seal.audit_log_id))
            if self.first_break is None:
                self.sequence, self._mac = seal.sequence, seal.mac

    def end(self, head: Head | None, beyond: bool) -> None:
        """Verify that the chain ends where its head says; `beyond` says that there are seals after that."""
        if self.first_break is None:
            self.first_break = self._fault_at_end(head, beyond)

    def _fault(self, seal: Seal, entry: AuditLog | None) -> Break | None:
        place = (self.sequence + 1, seal.audit_log_id)
        if seal.sequence != self.sequence + 1:
            return Break("seal_missing", self.sequence + 1)
        key = self._ring.known.get(seal.key_id)
        if key is None:
            return Break("key_unknown", *place)
        if not same(link(key, self._mac, seal), seal.mac):
            return Break("seal_changed", *place)
        if self._anchor is not None and seal.sequence == self._anchor.sequence and seal.mac != self._anchor.hash:
            return Break("anchor_differs", *place)
        if entry is None:
            return Break("entry_missing", *place)
        reason = fault_of(self._ring, entry)
        if reason is None and not same(entry.content_hash, seal.content_hash):
            reason = "entry_changed"
        return None if reason is None else Break(reason, *place)

    def _fault_at_end(self, head: Head | None, beyond: bool) -> Break | None:
        if self._anchor is not None and self.sequence < self._anchor.sequence:
            return Break("tail_missing", self.sequence + 1)
        if head is None:
            return Break("head_missing", self.sequence) if self.sequence else None
        key = self._ring.known.get(head.key_id)
        if key is None:
            return Break("key_unknown", head.sequence)
        if not same(head_mac(key, head), head.head_mac):
            return Break("head_changed", self.sequence)
        if self.sequence < head.sequence:
            return Break("tail_missing", self.sequence + 1)
        if beyond or not same(head.mac, self._mac):
            return Break("head_changed", self.sequence)
        return None


def fault_of(ring: Keyring, entry: AuditLog) -> str | None:
    """What is wrong with an entry itself, whatever its place in a chain."""
    key = ring.known.get(entry.key_id)
    if key is None:
        return "key_unknown"
    return None if same(content_hash(key, entry), entry.content_hash) else "entry_changed"
