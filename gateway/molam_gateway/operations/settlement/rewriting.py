"""Rewrites the state of an attempt that had its outcome already, which only revisions may do."""

from dataclasses import replace

from ...domain.attempts import REVISIONS, Attempt, Final
from ...domain.transitions import step
from ...storage import attempts
from ...storage.port import StoreError
from ..recorder import Recorder


async def rewrite(
    recorder: Recorder, attempt: Attempt, state: Final, transaction_id: str | None, failure_code: str | None = None
) -> None:
    """Put an attempt into another final state, or give one that stays in its state another receipt."""
    after = replace(
        attempt,
        state=step("attempt", REVISIONS, attempt.state, state),
        transaction_id=transaction_id,
        failure_code=failure_code,
        sequence=attempt.sequence + 1,
    )
    if not await attempts.revise(recorder.tx, attempt, after, recorder.now):
        raise StoreError(f"{attempt.id} was rewritten by somebody else")
    await recorder.note(attempts.TABLE, attempt, after)
