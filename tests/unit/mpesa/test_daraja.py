"""The simulated Daraja itself: what its documentation and its users say of the real one."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from molam_gateway.providers.simulators.mpesa import Merchant, MpesaSimulator, Rules
from tests.conformance.clock import HandClock
from tests.conformance.served import serve

pytestmark = pytest.mark.anyio

MERCHANT = Merchant()
STAMP = "20261121120000"
PUSH: dict[str, Any] = {
    "BusinessShortCode": MERCHANT.shortcode,
    "Password": base64.b64encode(f"{MERCHANT.shortcode}{MERCHANT.passkey}{STAMP}".encode()).decode(),
    "Timestamp": STAMP,
    "TransactionType": "CustomerPayBillOnline",
    "Amount": "10",
    "PartyA": "254708374149",
    "PartyB": MERCHANT.shortcode,
    "PhoneNumber": 254708374149,
    "CallBackURL": "https://pay.example/c/s",
    "AccountReference": "INV-1",
    "TransactionDesc": "Shoes",
}
PAYOUT: dict[str, Any] = {
    "OriginatorConversationID": "a",
    "InitiatorName": MERCHANT.initiator_name,
    "SecurityCredential": "AAAA",
    "CommandID": "BusinessPayment",
    "Amount": 10,
    "PartyA": MERCHANT.shortcode,
    "PartyB": "254708374149",
    "Remarks": "ok",
    "QueueTimeOutURL": "https://pay.example/c/o",
    "ResultURL": "https://pay.example/c/p",
}


class Client:
    """Calls a simulator as a merchant's own code would."""

    def __init__(self, simulator: MpesaSimulator, clock: HandClock, url: str, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.clock = clock
        self._url = url
        self._session = session
        self.token = ""

    async def authorise(
        self, grant: str = "client_credentials", secret: str = MERCHANT.consumer_secret
    ) -> tuple[int, Any]:
        basic = base64.b64encode(f"{MERCHANT.consumer_key}:{secret}".encode()).decode()
        headers = {"authorization": f"Basic {basic}"}
        url = f"{self._url}/oauth/v1/generate"
        async with self._session.get(url, params={"grant_type": grant}, headers=headers) as answer:
            document = await answer.json()
        self.token = document.get("access_token", self.token)
        return answer.status, document

    async def post(self, path: str, body: object, token: str | None = None) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {token or self.token}"}
        async with self._session.post(f"{self._url}{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def push(self, **members: Any) -> tuple[int, Any]:
        return await self.post("/mpesa/stkpush/v1/processrequest", {**PUSH, **members})

    async def pay_out(self, **members: Any) -> tuple[int, Any]:
        return await self.post("/mpesa/b2c/v3/paymentrequest", {**PAYOUT, **members})


@pytest.fixture(params=[Rules()])
async def client(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Client]:
    clock = HandClock()
    simulator = MpesaSimulator(now=clock.seconds, rules=request.param)
    async with serve(simulator.app) as served, aiohttp.ClientSession() as session:
        found = Client(simulator, clock, served.url, session)
        await found.authorise()
        yield found
        await simulator.close()


async def test_a_new_token_ends_the_former(client: Client) -> None:
    former = client.token
    status, document = await client.authorise()
    assert (status, document["expires_in"]) == (200, "3599")
    assert (await client.push())[0] == 200
    status, document = await client.post("/mpesa/stkpush/v1/processrequest", PUSH, former)
    assert (status, document["errorCode"]) == (404, "404.001.03")


async def test_a_token_ends_after_an_hour(client: Client) -> None:
    client.clock.advance(3_600)
    assert (await client.push())[0] == 404


async def test_credentials_and_grants_are_checked(client: Client) -> None:
    assert (await client.authorise("password"))[1]["errorCode"] == "400.008.02"
    assert (await client.authorise(secret="wrong"))[1]["errorCode"] == "400.008.01"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("TransactionType", "Other"),
        ("Amount", "0"),
        ("Amount", "1.5"),
        ("Amount", 250_001),
        ("Amount", None),
        ("Amount", True),
        ("PhoneNumber", "0708374149"),
        ("PartyA", "25470837414"),
        ("PartyB", "999999"),
        ("CallBackURL", "http://pay.example/c"),
        ("CallBackURL", "ftp://pay.example/c"),
        ("AccountReference", "1234567890123"),
        ("TransactionDesc", "12345678901234"),
        ("TransactionDesc", ""),
        ("Timestamp", "2026"),
    ],
)
async def test_fields_of_a_push(client: Client, member: str, value: object) -> None:
    status, document = await client.push(**{member: value})
    assert (status, document["errorCode"]) == (400, "400.002.02")
    assert document["errorMessage"] == f"Bad Request - Invalid {member}"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("CommandID", "Other"),
        ("PartyB", "1"),
        ("PartyA", "999999"),
        ("Remarks", "x"),
        ("ResultURL", "http://pay.example"),
        ("QueueTimeOutURL", None),
        ("SecurityCredential", ""),
        ("OriginatorConversationID", None),
    ],
)
async def test_fields_of_a_payout(client: Client, member: str, value: object) -> None:
    status, document = await client.pay_out(**{member: value})
    assert (status, document["errorMessage"]) == (400, f"Bad Request - Invalid {member}")
    assert (await client.pay_out())[0] == 200


async def test_a_conversation_happens_once(client: Client) -> None:
    assert (await client.pay_out())[0] == 200
    status, document = await client.pay_out(Amount=20)
    assert (status, document["errorCode"]) == (500, "500.002.1001")


async def test_passwords_and_merchants(client: Client) -> None:
    assert (await client.push(Password="AAAA"))[1]["errorMessage"] == "Wrong credentials"
    assert (await client.push(BusinessShortCode="600000"))[1]["errorMessage"] == "Merchant does not exist"


async def test_a_pending_query_is_an_error(client: Client) -> None:
    handle = (await client.push())[1]["CheckoutRequestID"]
    asked = {name: PUSH[name] for name in ("BusinessShortCode", "Password", "Timestamp")}
    status, document = await client.post("/mpesa/stkpushquery/v1/query", {**asked, "CheckoutRequestID": handle})
    assert (status, document["errorCode"]) == (500, "500.001.1001")
    client.clock.advance(5)
    await client.simulator.simulation.settle()
    status, document = await client.post("/mpesa/stkpushquery/v1/query", {**asked, "CheckoutRequestID": handle})
    assert (status, document["ResultCode"]) == (200, "0")
    status, document = await client.post("/mpesa/stkpushquery/v1/query", {**asked, "CheckoutRequestID": "ws_CO_0"})
    assert (status, document["errorCode"]) == (500, "500.001.1001")


async def test_a_body_is_an_object(client: Client) -> None:
    assert (await client.post("/mpesa/stkpush/v1/processrequest", []))[1]["errorCode"] == "400.002.05"


@pytest.mark.parametrize("client", [Rules(calls_per_second=2)], indirect=True)
async def test_a_spike_is_arrested(client: Client) -> None:
    phones = [254708374150 + number for number in range(4)]
    answers = [await client.push(PhoneNumber=phone) for phone in phones[:3]]
    assert [status for status, _ in answers] == [200, 200, 500]
    assert answers[2][1]["errorCode"] == "500.003.02"
    client.clock.advance(1)
    assert (await client.push(PhoneNumber=phones[3]))[0] == 200


@pytest.mark.parametrize("client", [Rules(numbers_only=True)], indirect=True)
async def test_numbers_as_text_may_end_in_nothing(client: Client) -> None:
    asked = {name: PUSH[name] for name in ("BusinessShortCode", "Password", "Timestamp")}
    for phone, result in (("254708374149", "1037"), (254708374150, "0")):
        handle = (await client.push(PhoneNumber=phone))[1]["CheckoutRequestID"]
        client.clock.advance(5)
        await client.simulator.simulation.settle()
        found = await client.post("/mpesa/stkpushquery/v1/query", {**asked, "CheckoutRequestID": handle})
        assert found[1]["ResultCode"] == result


async def test_controls(client: Client) -> None:
    told = {"msisdn": "254708374149", "behaviour": {"result": "1032", "answers_after": None}}
    assert await client.post("/_control/behaviours", told) == (200, {"done": True})
    handle = (await client.push())[1]["CheckoutRequestID"]
    assert await client.post("/_control/answers", {"handle": handle, "approve": True}) == (200, {"done": True})
    paid = {"shortcode": MERCHANT.shortcode, "msisdn": "254708374149", "amount": 5, "reference": "X"}
    assert await client.post("/_control/customers", paid) == (200, {"done": True})
    await client.simulator.simulation.settle()
    assert [each.amount for each in client.simulator.simulation.book.movements()] == [1_000, 500]
    wrong: list[tuple[str, object]] = [
        ("behaviours", {"msisdn": "1", "behaviour": {"colour": "red"}}),
        ("behaviours", {"msisdn": "1", "behaviour": {"callback": "sometimes"}}),
        ("answers", {}),
        ("customers", []),
    ]
    for path, body in wrong:
        assert (await client.post(f"/_control/{path}", body))[0] == 400
