"""An answer that never comes: the connection closes."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..faults import hang_up


class DroppedResponse(Response):
    """The request was carried out, but whoever sent it is not told."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hang up."""
        await hang_up(scope, receive)
