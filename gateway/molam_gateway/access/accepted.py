"""Remembers which credentials were good a moment ago."""

import hashlib
import secrets
from collections import OrderedDict

_MOST = 4096


class Accepted:
    """The credentials that this process accepted last, as hashes under a key that nobody else has.

    Behind an address that thousands share, these are looked up even while somebody there guesses.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._key = secrets.token_bytes(32)
        self._most = most
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def holds(self, credential: str) -> bool:
        """Whether it is one of them."""
        return self._hash(credential) in self._known

    def add(self, credential: str) -> None:
        """It was accepted."""
        hashed = self._hash(credential)
        self._known[hashed] = None
        self._known.move_to_end(hashed)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def drop(self, credential: str) -> None:
        """It is good no longer."""
        self._known.pop(self._hash(credential), None)

    def _hash(self, credential: str) -> bytes:
        return hashlib.blake2b(credential.encode("utf-8", "surrogateescape"), key=self._key, digest_size=16).digest()
