"""In which form the journal keeps the body of a call: as it is, encrypted, or not at all.

A body with a secret is never kept as it is.
"""

from __future__ import annotations

import hmac
from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal

from ...errors import ConfigurationError, StorageError
from ...journal import Entry
from .._sealing import Seal, no_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

SUBJECT = "the journal"

_FINGERPRINT = 64
_BOUND = ("owner", "account", "mode", "idempotency_key", "operation", "target", "region", "created_at")
MODES = {True: "live", False: "test", None: "token"}
_LIVEMODES = {mode: livemode for livemode, mode in MODES.items()}


class Bodies:
    """Turns entries into rows and back."""

    def __init__(self, bodies: Literal["plain", "redacted"], encryption_keys: Sequence[str | bytes] | None) -> None:
        if bodies not in ("plain", "redacted"):
            raise ConfigurationError('bodies must be "plain" or "redacted"; to encrypt them pass encryption_keys')
        self._redacted = bodies == "redacted"
        self._seal = None if encryption_keys is None else Seal(encryption_keys, SUBJECT)

    def row(self, entry: Entry) -> dict[str, Any]:
        """The columns that say what the call is."""
        row: dict[str, Any] = {
            "owner": entry.owner,
            "account": entry.account or "",
            "mode": MODES[entry.livemode],
            "idempotency_key": entry.idempotency_key,
            "operation": entry.operation,
            "fingerprint": entry.fingerprint,
            "target": entry.target,
            "region": entry.region,
            "content": entry.content,
            "content_form": "plain",
            "sealed_with": None,
            "created_at": entry.created_at,
        }
        if self._redacted or (entry.secret and self._seal is None):
            if entry.content is not None:
                row |= {"content": None, "content_form": "redacted"}
                if self._seal is not None:  # a bare digest of what has a phone number in it could be tried out
                    row |= {"fingerprint": self._seal.digests(entry.fingerprint)[0], "content_form": "keyed"}
        elif self._seal is not None:
            plain = entry.fingerprint.encode() + (b"" if entry.content is None else b"=" + entry.content)
            row["fingerprint"] = self._seal.digests(entry.fingerprint)[0]
            row["content"] = self._seal.close(plain, _identity(row))
            row["content_form"] = "encrypted"
        if self._seal is not None and row["content_form"] in ("encrypted", "keyed"):
            row["sealed_with"] = _names(self._seal)[0]
        return row

    def same_request(self, row: Row[Any], entry: Entry) -> bool:
        """Whether the row was written for the request of `entry`.

        Raises:
            StorageError: It is encrypted with a key that is not there; nobody knows what became of the call.
        """
        if row.content_form not in ("encrypted", "keyed"):
            return bool(row.fingerprint == entry.fingerprint)
        try:
            if self._seal is None:
                raise no_keys(SUBJECT)
            if row.fingerprint in self._seal.digests(entry.fingerprint):
                return True
            if row.content is not None:
                self._opened(self._seal, row)
            elif row.sealed_with not in _names(self._seal):
                raise StorageError(f"{SUBJECT} holds this key, fingerprinted with none of encryption_keys")
        except StorageError as error:
            error.outcome = "unknown"
            raise
        return False

    def entry(self, row: Row[Any], lease: float) -> Entry:
        """The entry that the row was made of; `unreadable` if its body cannot be decrypted or is another row's."""
        content, fingerprint, unreadable = row.content, row.fingerprint, None
        if row.content_form == "encrypted":
            content, fingerprint = None, ""
            try:
                if self._seal is None:
                    raise no_keys(SUBJECT)
                fingerprint, content = self._opened(self._seal, row)
            except StorageError as error:
                unreadable = error.message
        return Entry(
            idempotency_key=row.idempotency_key,
            owner=row.owner,
            operation=row.operation,
            account=row.account or None,
            livemode=_LIVEMODES[row.mode],
            target=row.target,
            content=None if content is None else bytes(content),
            content_kept=row.content_form not in ("redacted", "keyed") and unreadable is None,
            fingerprint=fingerprint,
            region=row.region,
            created_at=row.created_at,
            lease=lease,
            age=(row.asked_at - row.first_begun_at).total_seconds(),
            last_begun_at=row.last_begun_at,
            unreadable=unreadable,
        )

    @staticmethod
    def _opened(seal: Seal, row: Row[Any]) -> tuple[str, bytes | None]:
        plain = seal.open(row.content, _identity({name: getattr(row, name) for name in _BOUND}))
        fingerprint = plain[:_FINGERPRINT].decode()
        if any(hmac.compare_digest(each, row.fingerprint) for each in seal.digests(fingerprint)):
            return fingerprint, plain[_FINGERPRINT + 1 :] if plain[_FINGERPRINT:] else None
        del plain  # no traceback shows it then
        raise StorageError(f"{SUBJECT} holds a row whose fingerprint is not that of its body")


def _names(seal: Seal) -> list[str]:
    """What tells the keys apart that a fingerprint is made with, once there is no body to open."""
    return [digest[:16] for digest in seal.digests("the key of a fingerprint")]


def _identity(row: Mapping[str, Any]) -> list[object]:
    at = row["created_at"].astimezone(UTC).isoformat(timespec="microseconds")
    return ["molam_calls", *(row[name] for name in _BOUND if name != "created_at"), at]
