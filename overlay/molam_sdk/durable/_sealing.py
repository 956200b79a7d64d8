"""Encrypts what rows keep, bound to the row that it belongs to, with keys that can be rotated."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from ..errors import ConfigurationError, StorageError
from ._hidden import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.fernet import Fernet, MultiFernet

_DIGEST = 32


class Seal:
    """Fernet keys: the first encrypts, every one decrypts, as `MultiFernet` has it.

    Fernet authenticates no data beside its own, so a digest of the row's identity goes in front of the plain text: a
    cipher text that was moved to another row does not open there.
    """

    def __init__(self, keys: Sequence[str | bytes], subject: str) -> None:
        self._subject = subject
        self._fernet = _multi_fernet(keys)  # checks them
        self._digest_keys = Hidden([key if isinstance(key, bytes) else key.encode() for key in keys])

    def close(self, plain: bytes, context: Iterable[object]) -> bytes:
        """Encrypt for one row."""
        return self._fernet.encrypt(_identity(context) + plain)

    def open(self, sealed: bytes, context: Iterable[object]) -> bytes:
        """Decrypt what `close` made for the same row.

        Raises:
            StorageError: No key fits, or it was made for another row.
        """
        plain = self._decrypt(sealed)
        if plain is None:
            raise StorageError(
                f"none of encryption_keys opens a row of {self._subject}: pass the key it was written with too"
            )
        if hmac.compare_digest(plain[:_DIGEST], _identity(context)):
            return plain[_DIGEST:]
        del plain  # no traceback shows it then
        raise StorageError(f"the contents of a row of {self._subject} were written for another row")

    def digests(self, text: str) -> list[str]:
        """Keyed digests of `text` under each key, the first one's first.

        A bare digest of a body with little in it that is not known could be tried out by whoever reads the table.
        """
        return [
            hmac.new(key, b"molam digest\0" + text.encode(), hashlib.sha256).hexdigest()
            for key in self._digest_keys.value
        ]

    def _decrypt(self, sealed: bytes) -> bytes | None:
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None


def no_keys(subject: str) -> StorageError:
    """The error for an encrypted row and no keys."""
    return StorageError(f"a row of {subject} is encrypted: pass encryption_keys with the key it was written with")


def _identity(context: Iterable[object]) -> bytes:
    parts = [str(part).encode() for part in context]
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def _multi_fernet(keys: object) -> MultiFernet:
    try:
        from cryptography.fernet import Fernet, MultiFernet
    except ModuleNotFoundError:
        installed = False
    else:
        installed = True
        made = [_fernet(Fernet, key) for key in _listed(keys)]
        if made and all(made):
            return MultiFernet([fernet for fernet in made if fernet])
    if not installed:
        raise ConfigurationError("encryption_keys need cryptography: pip install 'molam-sdk-python[sql,encryption]'")
    raise ConfigurationError(
        "encryption_keys must be a list of one or more keys as cryptography.fernet.Fernet.generate_key() makes them"
    )


def _listed(keys: object) -> Sequence[object]:
    """The keys; none of what is no sequence of them."""
    return cast("Sequence[object]", keys) if isinstance(keys, Sequence) and not isinstance(keys, (str, bytes)) else ()


def _fernet(kind: type[Fernet], key: object) -> Fernet | None:
    try:
        return kind(key) if isinstance(key, (str, bytes)) else None
    except ValueError:
        return None
