"""How long a worker may hold a row, in seconds of real time."""

PROVIDER_TIMEOUT = 20.0
"""The longest a provider is waited for."""

LEASE = PROVIDER_TIMEOUT + 10.0
"""Longer than any provider call, so that an expired lease means a dead owner."""

LEAST_TIME = 0.1
"""With less than this left before the provider call nothing is begun."""

ANSWER_RESERVE = 0.25
"""What is kept of the caller's time for writing the result down and answering; of little time, half."""


WRITING_RESERVE = LEASE - PROVIDER_TIMEOUT - 2.0
"""What is kept of a lease for writing the result down."""


def provider_timeout(deadline: float | None, now: float, lease_left: float = LEASE) -> float:
    """How long to wait for the provider, given the caller's deadline on the same clock as `now` and what is left of
    the lease under which the result will be written down.
    """
    patience = min(PROVIDER_TIMEOUT, lease_left - WRITING_RESERVE)
    if deadline is not None:
        left = deadline - now
        patience = min(patience, left - min(ANSWER_RESERVE, left / 2))
    return max(0.0, patience)


def too_late(deadline: float | None, now: float) -> bool:
    """Whether so little is left that nothing may be begun."""
    return deadline is not None and deadline - now < LEAST_TIME
