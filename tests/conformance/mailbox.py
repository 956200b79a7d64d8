"""Where a simulated provider's webhooks and callbacks arrive."""

from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from molam_gateway.providers.inbound import Message

WEBHOOK = "/webhook"
CALLBACKS = "/callbacks/"


@dataclass
class Mailbox:
    """`letters` are the messages with the reference whose own address they came to, None for webhooks.

    `statuses` are answered in turn, then 200 for ever.
    """

    letters: list[tuple[str | None, Message]] = field(default_factory=list[tuple[str | None, Message]])
    statuses: list[int] = field(default_factory=list[int])
    url: str = ""

    @property
    def webhook_url(self) -> str:
        return f"{self.url}{WEBHOOK}"

    def callback_url(self, reference: str) -> str:
        return f"{self.url}{CALLBACKS}{reference}"

    @property
    def messages(self) -> list[Message]:
        return [message for _, message in self.letters]

    def app(self) -> Starlette:
        methods = ["POST"]
        return Starlette(
            routes=[
                Route(WEBHOOK, self._webhook, methods=methods),
                Route(CALLBACKS + "{reference}/{kind}", self._callback, methods=methods),
            ]
        )

    async def _webhook(self, request: Request) -> JSONResponse:
        return await self._keep(request, None, None)

    async def _callback(self, request: Request) -> JSONResponse:
        return await self._keep(request, request.path_params["reference"], request.path_params["kind"])

    async def _keep(self, request: Request, reference: str | None, kind: str | None) -> JSONResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        remote = request.client.host if request.client else None
        self.letters.append((reference, Message(await request.body(), headers, remote, kind)))
        return JSONResponse({}, self.statuses.pop(0) if self.statuses else 200)
