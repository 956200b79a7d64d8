"""Works at the events of an inbox in the application's own process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ...durable import AsyncInbox


@asynccontextmanager
async def working(inbox: AsyncInbox, *, poll: float = 1.0) -> AsyncGenerator[None]:
    """Run the inbox's handlers in a task while the block lasts; at its end the event in hand is finished first.

    For a lifespan of your own. Each process of the server may do so; each event goes to one of them.

    Args:
        inbox: Whose handlers are run.
        poll: Seconds between two looks while there is nothing to do.

    Raises:
        ValidationError: `poll` is not more than 0; raised at the end of the block.
    """
    stop = asyncio.Event()
    task = asyncio.create_task(inbox.run(stop, poll=poll), name="molam-inbox")
    try:
        yield
    finally:
        stop.set()
        await task
