"""Runs a mutation once per idempotency key and answers repetitions with what was answered first."""

import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from .. import failpoints
from ..domain.call import Answer, Call
from ..domain.fingerprint import FINGERPRINT_VERSION
from ..domain.leases import LEASE
from ..domain.problems import MEDIA_TYPE, ProblemError, Resource, problem_document
from ..domain.times import milliseconds
from ..services import Services
from ..storage import idempotency_keys as keys
from ..storage import spent_keys
from ..storage.port import Parameters, Row, StoreError, Transaction
from .auditing import note_refusal

_TRANSIENT = frozenset({"idempotency_in_flight", "payment_in_flight"})
_STORED_STATUSES = frozenset({402, 404, 409})

Operation: TypeAlias = Callable[[Services, Call], Awaitable[Answer]]
"""What carries out one operationId."""

Begin: TypeAlias = Callable[[Transaction, "Claim"], Awaitable[Answer | str]]
"""The first transaction of an operation: its final answer, or the recovery point it reached."""


class AnsweredError(StoreError):
    """The key has its answer already: nothing was written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one key, held under a lease; `point` is where an earlier owner came to.

    `made` is the object that the key made once, if its answer was not kept.
    """

    services: Services
    call: Call
    token: str
    secret: bool
    lease_until: int
    point: str | None = None
    made: Row | None = None

    async def reach(self, tx: Transaction, point: str) -> None:
        """Write down how far the operation came, in the transaction that brought it there."""
        await tx.write(keys.REACH, {**self._row(), "recovery_point": point})

    async def finish(self, tx: Transaction, answer: Answer) -> Answer:
        """Store the answer with the commit and return it as it must be sent: in its final bytes.

        Raises AnsweredError, at the commit at the latest, if one is stored already.
        """
        body = _bytes(answer)
        await tx.write(keys.FINISH, self._finished(body, answer), AnsweredError("the key has its answer already"))
        return Answer(answer.status, body, answer.headers)

    async def finish_or_find(self, tx: Transaction, answer: Answer) -> Answer:
        """Store the answer unless one is stored already, which is returned then.

        That is another owner's answer, or this one's before its commit was lost.
        """
        body = _bytes(answer)
        if not await tx.execute(keys.FINISH, self._finished(body, answer)):
            row = await keys.select(tx, _key(self.call))
            if row is not None and row["status"] is not None:
                return _kept(self.services, self.call, row)
        return Answer(answer.status, body, answer.headers)

    def _finished(self, body: bytes, answer: Answer) -> Parameters:
        sealed = self.services.vault.encrypt(self._purpose(), body.decode()) if self.secret else body.decode()
        expiry = self.services.clock.now() + timedelta(seconds=self.services.settings.idempotency_retention)
        return {
            **self._row(),
            "status": answer.status,
            "headers": json.dumps(dict(answer.headers)),
            "body": sealed,
            "encrypted": self.secret,
            "expires_at": milliseconds(expiry),
        }

    async def release(self) -> None:
        """Let the next call with this key resume at once."""
        async with self.services.store.transaction() as tx:
            await tx.write(keys.RELEASE, self._row())

    def _row(self) -> dict[str, str | bool]:
        return {**_key(self.call), "lease_token": self.token}

    def _purpose(self) -> str:
        return _purpose(self.call)


async def idempotently(
    services: Services, call: Call, work: Callable[[Transaction], Awaitable[Answer]], *, secret: bool = False
) -> Answer:
    """Run `work` in one transaction together with its key and its stored answer.

    `secret` encrypts the stored answer. Refusals that the contract stores undo what `work` wrote and are stored;
    every other exception undoes everything, the key included.
    """

    async def begin(tx: Transaction, claim: Claim) -> Answer | str:
        return await work(tx)

    return await in_steps(services, call, begin, _no_second_step, secret=secret)


async def in_steps(
    services: Services,
    call: Call,
    begin: Begin,
    proceed: Callable[[Claim, str], Awaitable[Answer]],
    *,
    secret: bool = False,
) -> Answer:
    """Run `begin` in a transaction with the key, then `proceed` outside of any, from the recovery point it returned.

    After a crash the next call with the key runs `proceed` again from that point, so it must be repeatable. It may
    store its answer itself in its last transaction (`claim.finish_or_find`); otherwise that is done here.
    """
    async with services.store.transaction() as tx:
        claim = await _claim(tx, services, call, secret=secret)
        if isinstance(claim, Answer):
            return claim
        begun = claim.point or await _begin(claim, tx, begin)
    failpoints.reach("after_begin")
    if isinstance(begun, Answer):
        services.wake()
        return begun
    return await _proceed(claim, begun, proceed)


async def _begin(claim: Claim, tx: Transaction, begin: Begin) -> Answer | str:
    """The first step's stored answer, or the recovery point written down in its transaction."""
    try:
        async with tx.savepoint():
            _refuse_spent_key(claim)
            begun = await begin(tx, claim)
    except ProblemError as error:
        if not stored(error):
            raise
        await note_refusal(claim.services, tx, claim.call, error)
        begun = refusal(claim.services, claim.call, error)
    if isinstance(begun, Answer):
        return await claim.finish(tx, begun)
    await claim.reach(tx, begun)
    return begun


def _refuse_spent_key(claim: Claim) -> None:
    """Refuse to execute a key again that made an object, of whatever kind, before its answer expired."""
    made = claim.made
    if made is not None:
        id = made["id"]
        raise ProblemError(
            "idempotency_key_expired",
            f"This Idempotency-Key made {id}, and its answer is not kept: retrieve {id}; a new key makes another one.",
            resource=Resource(made["object"], id, made["status"]),
        )


async def _proceed(claim: Claim, point: str, proceed: Callable[[Claim, str], Awaitable[Answer]]) -> Answer:
    services = claim.services
    refused: ProblemError | None = None
    try:
        try:
            answer = await proceed(claim, point)
        except ProblemError as error:
            if not stored(error):
                raise
            refused, answer = error, refusal(services, claim.call, error)
        if not isinstance(answer.body, bytes):
            async with services.store.transaction() as tx:
                if refused is not None:
                    await note_refusal(services, tx, claim.call, refused)
                answer = await claim.finish_or_find(tx, answer)
    except Exception:
        with contextlib.suppress(StoreError):  # the lease will end
            await claim.release()
        raise
    services.wake()
    return answer


async def _claim(tx: Transaction, services: Services, call: Call, *, secret: bool) -> Claim | Answer:
    """Become the key's owner, or answer as its earlier owner did. Raises 409 in flight and 422 reused."""
    real_now, now = services.clock.real_now(), services.clock.now()
    token = services.ids.new("lease", real_now)
    lease = {"lease_until": milliseconds(real_now + timedelta(seconds=LEASE))}
    await tx.write(keys.DELETE_EXPIRED, {**_key(call), "now": milliseconds(now)})
    fresh: Parameters = {
        **_key(call),
        **lease,
        "fingerprint": call.fingerprint.hex(),
        "fingerprint_version": FINGERPRINT_VERSION,
        "operation_id": call.operation_id,
        "request_id": call.request_id,
        "lease_token": token,
        "created_at": milliseconds(now),
    }
    key = _key(call)
    inserted, known, objects = await tx.fetch_each(
        (keys.INSERT, fresh), (keys.SELECT, key), (spent_keys.SELECT_MADE, key)
    )
    made = objects[0] if objects else None
    if inserted:
        return Claim(services, call, token, secret, lease["lease_until"], made=made)
    row = known[0] if known and known[0]["status"] is not None else await keys.select(tx, key)
    if row is None:
        raise in_flight()
    if row["fingerprint"] != call.fingerprint.hex():
        raise ProblemError(
            "idempotency_key_reused", "This Idempotency-Key was used for another request: use a new key for a new one."
        )
    if row["status"] is not None:
        return _replay(services, call, row)
    if row["lease_until"] > milliseconds(real_now):
        raise in_flight()
    await tx.execute(keys.TAKE_OVER, {**_key(call), **lease, "new_token": token, "lease_token": row["lease_token"]})
    return Claim(services, call, token, secret, lease["lease_until"], row["recovery_point"], made)


async def take_over(tx: Transaction, services: Services, call: Call, lease_token: str) -> Claim | None:
    """Become the owner of a key whose owner is gone; None if somebody else was faster."""
    real_now = services.clock.real_now()
    token = services.ids.new("lease", real_now)
    until = milliseconds(real_now + timedelta(seconds=LEASE))
    row = {**_key(call), "lease_until": until, "new_token": token, "lease_token": lease_token}
    taken = await tx.execute(keys.TAKE_OVER, row)
    return Claim(services, call, token, False, until) if taken else None


def _replay(services: Services, call: Call, row: Row) -> Answer:
    kept = _kept(services, call, row)
    replayed = {"Idempotent-Replayed": "true", "Original-Request-Id": row["request_id"]}
    return replace(kept, headers={**kept.headers, **replayed})


def _kept(services: Services, call: Call, row: Row) -> Answer:
    body = services.vault.decrypt(_purpose(call), row["body"]) if row["encrypted"] else row["body"]
    return Answer(row["status"], body.encode(), json.loads(row["headers"]))


def in_flight() -> ProblemError:
    """The key is being run by somebody else."""
    return ProblemError(
        "idempotency_in_flight", "A call with this Idempotency-Key is still running: repeat it shortly.", retry_after=1
    )


def stored(error: ProblemError) -> bool:
    """Whether the contract keeps this refusal as the key's answer."""
    return error.status in _STORED_STATUSES and error.code not in _TRANSIENT


def refusal(services: Services, call: Call, error: ProblemError) -> Answer:
    """The answer to a refusal that is stored."""
    document = problem_document(error, call.request_id, services.settings.doc_url)
    return Answer(error.status, document, {"Content-Type": MEDIA_TYPE})


def _bytes(answer: Answer) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else to_bytes(answer.body)


def to_bytes(body: Mapping[str, object]) -> bytes:
    """The JSON of an answer as it is sent."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _key(call: Call) -> dict[str, str | bool]:
    if call.idempotency_key is None:
        raise ProblemError("idempotency_key_missing", "Send an Idempotency-Key header with this request.")
    return {"account_id": call.account.id, "livemode": call.account.livemode, "key": call.idempotency_key}


def _purpose(call: Call) -> str:
    return f"idempotency:{call.account.id}:{call.idempotency_key}"


async def _no_second_step(claim: Claim, point: str) -> Answer:
    raise AssertionError(f"{claim.call.operation_id} has no recovery point, but {point!r} was stored")
