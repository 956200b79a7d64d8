"""What a client writes down about its mutating calls, so that a crash between sending and answering loses none.

A client made with `journal=` calls `begin` before the first byte of a mutating call leaves and `finish` once its end
is known; `recover` claims what was begun and never finished. `molam_sdk.durable` has journals over SQL databases; any
object with these methods will do.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .errors import MolamError

__all__ = [
    "AsyncCallJournal",
    "Begun",
    "CallJournal",
    "Ended",
    "Ending",
    "Entry",
    "Recovered",
    "Scope",
    "fingerprint",
]

Ending = Literal["succeeded", "rejected", "not_sent", "in_doubt", "stale"]
"""How a call ended.

`in_doubt`: without a known outcome, to be claimed again by `recover`. `stale`: its key is older than its guaranteed
retention, and nothing shows that it was carried out, or nobody can tell; a person decides, and no journal needs its
body any more.
"""


@frozen(kw_only=True)
class Entry:
    """One mutating call, exactly as it is sent with every attempt.

    Attributes:
        idempotency_key: Its key.
        owner: Whose API key it is made with: `key_` and 16 hex digits of its SHA-256, or `token` for a JWT; never
            sent. A key is unique for one owner, account and mode.
        operation: The operationId.
        account: Account that a platform acts for, or None.
        livemode: Mode of the API key; None for a JWT.
        target: Path and query, without the prefix of a region.
        content: The body's bytes, or None; with customer data.
        content_kept: False if it was claimed from a journal that keeps no bodies: nobody can send it again, only ask.
        fingerprint: SHA-256 in hex over method, target and content: another call with the same key differs. As for the
            API, the order of a JSON object's members makes no other call.
        region: Base URL of the region that it goes to first.
        created_at: When its key was first used, aware, by the clock of the host.
        lease: Seconds after which nobody works at it any more: its deadline and some slack.
        age: Of a claimed one the seconds since its key was first used, by the clock of the journal.
        last_begun_at: When a claimed one was begun for the last time, by the clock of the journal.
        secret: Whether its body holds a secret, such as a provider's credentials: a journal keeps it encrypted or not
            at all.
        unreadable: Why its body cannot be opened (no key, or another one), if it cannot: `recover` sends and asks
            nothing then and reports it as in doubt.
    """

    idempotency_key: str
    owner: str
    operation: str
    account: str | None
    livemode: bool | None
    target: str
    content: bytes | None = field(repr=False)
    fingerprint: str
    region: str
    created_at: datetime
    lease: float
    age: float = 0.0
    last_begun_at: datetime | None = None
    content_kept: bool = True
    unreadable: str | None = None
    secret: bool = False


@frozen(kw_only=True)
class Begun:
    """What a journal says when it has written down a call that is about to be sent.

    Attributes:
        token: For `finish`.
        in_doubt: Whether the key was begun before and may have been done, or was: nothing that this call meets on its
            way says that nothing was done, but what the API stores under the key.
        first_used_at: When the key was first used: now, or as the journal has it, by the clock of that host.
        age: Seconds since then by the clock of the journal.
        last_begun_at: When the key was begun for the last time before, by the clock of the journal.
        succeeded: Whether the journal has it that the call was done.
        object_id: Id of the object that it made or changed then, where that is known.
    """

    token: str
    in_doubt: bool
    first_used_at: datetime
    age: float = 0.0
    last_begun_at: datetime | None = None
    succeeded: bool = False
    object_id: str | None = None


@frozen(kw_only=True)
class Scope:
    """Which entries a client can recover.

    Attributes:
        owner: The owner of its API key; a journal whose entries have an owner of its own takes that one.
        former_owners: Those of its former API keys.
        livemode: Its mode.
        regions: Base URLs that it calls; `{region}` in one stands for any name.
    """

    owner: str
    former_owners: tuple[str, ...] = ()
    livemode: bool | None
    regions: tuple[str, ...]


@frozen(kw_only=True)
class Ended:
    """What became of a call.

    Attributes:
        ending: See `Ending`.
        status_code: Status of the answer that decided.
        object_id: Id of the object in it.
        code: The API's code of a refusal.
        request_id: Id under which Molam can find it.
    """

    ending: Ending
    status_code: int | None = None
    object_id: str | None = None
    code: str | None = None
    request_id: str | None = None


@frozen(kw_only=True)
class Recovered:
    """What `recover` found out about one call that had been begun and never finished.

    Attributes:
        idempotency_key: Its key.
        operation: The operationId.
        account: Account that a platform acted for, or None.
        livemode: Mode of the API key that it was made with.
        region: Base URL of its region.
        created_at: When it was made.
        ending: What became of it: `in_doubt` is tried again by the next run, `stale` is left to a person.
        object_id: Id of the object that it made or changed, where that is known.
        object: The object as the call would have returned it, or as it is now; None without one.
        error: What the call would have raised, or why its end is not known.
    """

    idempotency_key: str
    operation: str
    account: str | None
    livemode: bool | None
    region: str
    created_at: datetime
    ending: Ending
    object_id: str | None = None
    object: Any = field(default=None, repr=False)
    error: MolamError | None = None


def fingerprint(method: str, target: str, content: bytes | None) -> str:
    """Return what tells one request from another with the same key: SHA-256 in hex.

    A body counts as the API compares it: JSON with the members of its objects sorted, integers exact, `5.0` as `5`.
    One that is no JSON counts by its bytes; no body is another request than an empty one.
    """
    digest = sha256(f"{method} {target}\n".encode())
    digest.update(b"" if content is None else b"\n" + _canonical(content))
    return digest.hexdigest()


def _canonical(content: bytes) -> bytes:
    try:
        return _written(_read(content.decode())).encode()
    except (ValueError, RecursionError):
        return content


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


_EXACT = 2**53
_read = json.JSONDecoder(parse_float=_number, parse_constant=float).decode
_written = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class CallJournal(Protocol):
    """A write-ahead journal for the synchronous client.

    Each method raises StorageError where the storage cannot be used. A client with a token (JWT) also needs an
    attribute `owner`, the name of whose calls the journal keeps: tokens say nothing of that.
    """

    def begin(self, entry: Entry) -> Begun:
        """Write the entry durably and lease it to the caller.

        A key that is there already with the same fingerprint is begun again: it keeps its `created_at`, takes the new
        lease, and the new `region` if it had ended without being sent there; it is in doubt unless it had ended with
        `rejected` or `not_sent`, and if nothing is stored under its key at the API, it is as good as new. One with
        another fingerprint raises IdempotencyError, `outcome` being `not_sent` if it had ended so and else `unknown`;
        one that is still open in another region ConflictError, `outcome` being `unknown`. A StorageError whose
        `outcome` is `unknown` says that the entry may have been written after all.
        """
        ...

    def in_doubt(self, entry: Entry) -> bool:
        """Return whether a call with this key may have been done, or was; write nothing and lease nothing.

        Asked about a call that came to nothing before it was begun. Raises IdempotencyError as `begin` does.
        """
        ...

    def finish(self, token: str, ended: Ended) -> bool:
        """Write down the end; return whether it could be.

        A token that somebody else's lease has overtaken changes nothing, but for a success: then somebody else may have
        sent the call.
        """
        ...

    def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        """Lease to the caller up to `limit` unfinished entries of its scope that nobody has, with their tokens.

        Those come first that nobody has had for the longest time, so that entries that stay in doubt do not keep
        others waiting. `lease` is in seconds. One whose body cannot be opened comes with `unreadable`.
        """
        ...


class AsyncCallJournal(Protocol):
    """The same for the asynchronous client."""

    async def begin(self, entry: Entry) -> Begun:
        """See CallJournal."""
        ...

    async def in_doubt(self, entry: Entry) -> bool:
        """See CallJournal."""
        ...

    async def finish(self, token: str, ended: Ended) -> bool:
        """See CallJournal."""
        ...

    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        """See CallJournal."""
        ...
