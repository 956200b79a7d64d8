"""A Daraja with nobody behind it: it takes everything and tells nothing by itself, tests write its callbacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from molam_gateway.due_work import HANDLERS
from molam_gateway.jobs import JobRunner
from molam_gateway.operations.inbound.receipt import receive_callback
from molam_gateway.operations.provider_configurations import configure_provider
from molam_gateway.providers.cpay import CPay
from molam_gateway.providers.http_client import Reply
from molam_gateway.providers.inbound import Message
from molam_gateway.providers.mpesa import mpesa
from molam_gateway.providers.registry import Simulated, registry
from molam_gateway.providers.simulators.mpesa import MpesaSimulator
from molam_gateway.settings import Settings
from tests.conformance.pairs.mpesa import configuration

from .bench import Bench

BASE = "http://simulator"
PAYMENT: dict[str, object] = {
    "amount": 10_000,
    "currency": "KES",
    "confirm": True,
    "payment_method": "pm_mpesa",
    "customer": {"phone": "+254712345100"},
}
PAID = (200, {"ResponseCode": "0", "ResultCode": "0", "CheckoutRequestID": "x"})
PROCESSING = (
    500,
    {"requestId": "1", "errorCode": "500.001.1001", "errorMessage": "The transaction is being processed"},
)
THROTTLED = (500, {"requestId": "1", "errorCode": "500.003.02", "errorMessage": "Spike arrest violation"})


@dataclass
class Daraja:
    """What it was asked, and what it says of pushes."""

    query: tuple[int, Mapping[str, object]] = PROCESSING
    asked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])

    async def request(self, method: str, url: str, *, json: Any = None, **rest: object) -> Reply:
        path = url.removeprefix(BASE).partition("?")[0]
        self.asked.append((path, json))
        number = len(self.asked)
        if "oauth" in path:
            return reply(200, {"access_token": f"token-{number}", "expires_in": "3599"})
        if "stkpushquery" in path:
            return reply(*self.query)
        accepted = {"ResponseCode": "0", "MerchantRequestID": "1", "ConversationID": "AG"}
        if "stkpush" in path:
            return reply(200, {**accepted, "CheckoutRequestID": f"ws_CO_{number}"})
        named = json.get("OriginatorConversationID", f"conversation-{number}")
        return reply(200, {**accepted, "OriginatorConversationID": named})

    async def close(self) -> None: ...

    def last(self, path: str) -> Any:
        """The newest request to an address."""
        return next(body for asked, body in reversed(self.asked) if path in asked)

    def count(self, path: str) -> int:
        """How often an address was asked."""
        return sum(path in asked for asked, _ in self.asked)


async def use(bench: Bench, daraja: Daraja, **settings: str) -> None:
    """Give the bench such a provider, and configure it."""
    simulator = MpesaSimulator(now=lambda: bench.clock.now().timestamp())
    adapter = mpesa(now=bench.clock.now, http=daraja, pushes=daraja, sandbox_url=BASE)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the part of it that the adapter uses
    made = configuration(simulator, BASE, "https://gateway.example/callbacks", **settings)
    simulated = Simulated(BASE, lambda: (dict(made.settings), dict(made.secrets)))
    cpay = CPay(bench.simulator, lambda: "http://127.0.0.1:8080", bench.clock.now)
    bench.services = replace(
        bench.services,
        settings=Settings(public_url="https://gateway.example"),
        providers=registry(cpay, [adapter], simulated={"mpesa": simulated}),
    )
    bench.runner = JobRunner(bench.services, HANDLERS)
    assert (await bench.call(configure_provider, {"settings": {}}, name="mpesa")).status == 200


async def tell(bench: Bench, address: str, document: Mapping[str, object]) -> None:
    """Call back at an address that Daraja was given."""
    token, kind = address.rsplit("/", 2)[-2:]
    await receive_callback(bench.services, token, Message(json.dumps(document).encode(), {}, "203.0.113.9", kind))
    await bench.advance(1)


async def told_of_push(
    bench: Bench, daraja: Daraja, receipt: str | None, *, result: int = 0, amount: int = 100
) -> None:
    """Call back about the newest push: paid with this receipt, or not."""
    async with bench.store.reading() as reader:
        row = await reader.fetch_one("SELECT handle FROM attempts WHERE kind = 'charge' ORDER BY id DESC", {})
    assert row is not None
    told: dict[str, object] = {"CheckoutRequestID": row["handle"], "ResultCode": result, "ResultDesc": "told"}
    if receipt is not None:
        items = {"Amount": amount, "MpesaReceiptNumber": receipt, "PhoneNumber": 254712345100}
        told["CallbackMetadata"] = {"Item": [{"Name": name, "Value": value} for name, value in items.items()]}
    await tell(bench, daraja.last("stkpush/")["CallBackURL"], {"Body": {"stkCallback": told}})


async def told_of_command(
    bench: Bench, address: str, conversation: str, receipt: str, amounts: Mapping[str, object], *, result: int = 0
) -> None:
    """Call back about a payout or a reversal."""
    parameters = [{"Key": name, "Value": value} for name, value in amounts.items()]
    told = {
        "ResultType": 0,
        "ResultCode": result,
        "ResultDesc": "told",
        "OriginatorConversationID": conversation,
        "ConversationID": "AG",
        "TransactionID": receipt,
        "ResultParameters": {"ResultParameter": parameters},
    }
    await tell(bench, address, {"Result": told})


def reply(status: int, document: Mapping[str, object]) -> Reply:
    """An answer."""
    return Reply(status, {}, json.dumps(document).encode())
