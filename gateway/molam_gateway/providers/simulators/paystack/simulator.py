"""The simulated Paystack's HTTP API, with the page where customers pay."""

import hmac
import html
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ..simulation import Simulation
from .envelope import RefusedError, ok, refusal
from .refunds import Refunds
from .transactions import Transactions
from .transfers import Transfers
from .webhooks import Delivery, Webhooks

INTEGRATION = "100032"
"""What its client configures as the integration's number."""

_Endpoint: TypeAlias = Callable[[Request, Mapping[str, Any]], Response]


class PaystackSimulator:
    """One integration: whoever has `secret_key` may use it, and its webhooks go to `webhook_url`.

    `POST /_control/webhooks` with copies, last_first and lost says how webhooks are delivered from now on.
    """

    def __init__(self, frame: Simulation, *, secret_key: str, webhook_url: str | None = None) -> None:
        self.frame = frame
        self.webhooks = Webhooks(frame, secret_key, webhook_url)
        self.transactions = Transactions(frame, self.webhooks)
        self.refunds = Refunds(frame, self.transactions, self.webhooks)
        self.transfers = Transfers(frame, self.webhooks)
        self._secret_key = secret_key

    def app(self) -> ASGIApp:
        """The ASGI application."""
        routes = [
            self._route("POST", "/transaction/initialize", self._initialize),
            self._route("GET", "/transaction/verify/{reference}", self._verify),
            self._route("POST", "/transaction/charge_authorization", self._charge_authorization),
            self._route("POST", "/charge", self._charge),
            self._route("POST", "/refund", self._refund),
            self._route("GET", "/refund", self._list_refunds),
            self._route("GET", "/refund/{id}", self._fetch_refund),
            self._route("POST", "/refund/retry_with_customer_details/{id}", self._retry_refund),
            self._route("POST", "/transferrecipient", self._create_recipient),
            self._route("POST", "/transfer", self._transfer),
            self._route("GET", "/transfer/verify/{reference}", self._verify_transfer),
            self._route("GET", "/balance", self._balance),
            Route("/checkout/{access_code}", self._checkout, methods=["GET", "POST"]),
        ]
        return self.frame.app(routes, [Route("/_control/webhooks", self._control, methods=["POST"])])

    def _route(self, method: str, path: str, endpoint: _Endpoint) -> Route:
        return Route(path, self._guarded(endpoint), methods=[method])

    def _guarded(self, endpoint: _Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                self._authenticate(request)
                return endpoint(request, await _body(request))
            except RefusedError as error:
                return refusal(error)

        return guarded

    def _authenticate(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._secret_key}".encode()):
            step = "Ensure that you provide the correct authorization key for the request"
            raise RefusedError(401, "invalid_Key", "Invalid key", step)

    def _initialize(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Authorization URL created", _with_page(request, self.transactions.initialize(body)))

    def _verify(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Verification successful", self.transactions.find(request.path_params["reference"]))

    def _charge_authorization(self, request: Request, body: Mapping[str, Any]) -> Response:
        charged = self.transactions.charge_authorization(body)
        if charged.get("paused"):
            return ok("Please, redirect your customer to the authorization url provided", _with_page(request, charged))
        return ok("Charge attempted", charged)

    def _charge(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Charge attempted", self.transactions.charge_mobile_money(body))

    def _refund(self, request: Request, body: Mapping[str, Any]) -> Response:
        refund = self.refunds.create(body)
        transaction = self.transactions.find(refund["transaction_reference"])
        return ok("Refund has been queued for processing", {**refund, "transaction": transaction})

    def _list_refunds(self, request: Request, body: Mapping[str, Any]) -> Response:
        query = request.query_params
        page, size = _number(query.get("page"), 1), _number(query.get("perPage"), 50)
        return ok("Refunds retrieved", self.refunds.page(query.get("transaction"), page, size), meta={"page": page})

    def _fetch_refund(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Refund retrieved", self.refunds.find(request.path_params["id"]))

    def _retry_refund(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Refund retried and has been queued for processing", self.refunds.retry(request.path_params["id"]))

    def _create_recipient(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Transfer recipient created successfully", self.transfers.create_recipient(body), status=201)

    def _transfer(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Transfer has been queued", self.transfers.create(body))

    def _verify_transfer(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Transfer retrieved", self.transfers.find(request.path_params["reference"]))

    def _balance(self, request: Request, body: Mapping[str, Any]) -> Response:
        return ok("Balances retrieved", [{"currency": "NGN", "balance": 0}])

    async def _checkout(self, request: Request) -> Response:
        code = request.path_params["access_code"]
        if request.method == "POST":
            pays = request.query_params.get("decision") == "pay"
            transaction = self.transactions.decide(code, pays=pays)
        else:
            transaction = self.transactions.visit(code)
        if transaction is None:
            return HTMLResponse("<p>There is no such page.</p>", 404)
        return HTMLResponse(_page(transaction))

    async def _control(self, request: Request) -> Response:
        try:
            self.webhooks.delivery = Delivery(**await request.json())
        except (TypeError, ValueError):
            return JSONResponse({"error": "copies, last_first and lost, nothing else"}, 400)
        return JSONResponse({"delivery": "changed"})


async def _body(request: Request) -> Mapping[str, Any]:
    if request.method != "POST":
        return {}
    try:
        body = await request.json()
    except ValueError:
        raise RefusedError(400, "invalid_params", "The body is not JSON") from None
    if not isinstance(body, dict):
        raise RefusedError(400, "invalid_params", "The body is not an object")
    return body  # pyright: ignore[reportUnknownVariableType] - each member is checked by its reader


def _with_page(request: Request, data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "authorization_url": f"{str(request.base_url).rstrip('/')}/checkout/{data['access_code']}"}


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and int(text) else default


def _page(transaction: Mapping[str, Any]) -> str:
    status, amount = html.escape(transaction["status"]), transaction["amount"]
    title = f"<h1>{amount // 100}.{amount % 100:02} {html.escape(transaction['currency'])}</h1><p>{status}</p>"
    if transaction["status"] != "ongoing":
        return title
    form = '<form method="post" action="?decision={0}"><button>{1}</button></form>'
    return title + form.format("pay", "Pay") + form.format("refuse", "Refuse")
