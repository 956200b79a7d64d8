"""In which form the inbox keeps the body of an event: as it came, or encrypted."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from attrs import field, frozen

from ...errors import StorageError
from .._hidden import Hidden
from .._sealing import Seal, no_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .queue import Claim

SUBJECT = "the inbox"


@frozen
class KeptBody:
    """A body as it goes into its row.

    Attributes:
        content: The bytes.
        form: plain or encrypted.
        digests: What a row with the same body has one of; the first one goes into the row.
    """

    content: bytes = field(repr=False)
    form: str
    digests: tuple[str, ...]


class Bodies:
    """Turns bodies into columns and back."""

    def __init__(self, encryption_keys: Sequence[str | bytes] | None) -> None:
        self._seal = None if encryption_keys is None else Seal(encryption_keys, SUBJECT)

    def kept(self, tenant: str, event_id: str, body: Hidden[bytes]) -> KeptBody:
        """A body as it is kept."""
        digest = hashlib.sha256(body.value).hexdigest()
        if self._seal is None:
            return KeptBody(body.value, "plain", (digest,))
        # A row that was written before there were keys has the bare digest.
        return KeptBody(
            self._seal.close(body.value, (tenant, event_id)), "encrypted", (*self._seal.digests(digest), digest)
        )

    def opened(self, claimed: Claim) -> bytes:
        """The body as it came.

        Raises:
            StorageError: It was dropped, or is encrypted with a key that is not there.
        """
        if claimed.body is None:
            raise StorageError(f"{SUBJECT} has dropped the body of {claimed.event_id}, which cannot be run any more")
        if claimed.body_form != "encrypted":
            return claimed.body
        if self._seal is None:
            raise no_keys(SUBJECT)
        return self._seal.open(claimed.body, (claimed.key.tenant, claimed.event_id))


def body_of(raw_body: object) -> bytes:
    """The bytes of a request's body.

    Raises:
        TypeError: For parsed JSON and everything else that is no text.
    """
    if isinstance(raw_body, str):
        return raw_body.encode("utf-8", "surrogatepass")
    if isinstance(raw_body, memoryview):
        return raw_body.tobytes()
    if isinstance(raw_body, (bytes, bytearray)):
        return bytes(raw_body)
    raise TypeError(f"raw_body must be the request's bytes as received, not {type(raw_body).__name__}")
