"""How commands end: one line on standard error for people, and a status for programs."""

import sys

FAILED = 1
"""What was asked for can be done, but not now."""
REFUSED = 2
"""It cannot be done like this: something that was given has to change."""


def fail(error: Exception, status: int) -> int:
    """Say why; returns the status."""
    sys.stderr.write(f"molam-gateway: {' '.join(str(error).split())}\n")
    return status
