"""Payments that customers begin: registered once, asked about, confirmed."""

import json
from dataclasses import replace

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from molam_gateway.domain.outcomes import Pending
from molam_gateway.providers.contract import ProbeError
from molam_gateway.providers.inbound import MayPay, Message, MoneyReceived, UnreadableError
from molam_gateway.providers.mpesa import stk
from molam_gateway.providers.mpesa.account import Account
from molam_gateway.providers.mpesa.credential import Credentials
from molam_gateway.providers.mpesa.unfit import Unfit
from tests.conformance.served import serve

from .bench import Bench

pytestmark = pytest.mark.anyio

SHORTCODE, MSISDN = "174379", "254708374126"


def _on(bench: Bench, unreachable: str = "Cancelled") -> None:
    settings = {**bench.configuration.settings, "c2b": unreachable}
    bench.configuration = replace(bench.configuration, settings=settings)


async def test_a_customer_pays_of_their_own_accord(bench: Bench) -> None:
    _on(bench, "Completed")
    await bench.adapter.probe(bench.configuration)
    bench.simulator.pay(SHORTCODE, MSISDN, 1_500, "INV 7")
    await bench.advance(1)
    question, confirmation = bench.reports("c2b")
    assert question == MayPay(150_000, "KES", "INV 7")
    assert isinstance(confirmation, MoneyReceived)
    assert (confirmation.transaction_id, confirmation.amount) == (bench.movements[0].subject, 150_000)
    assert confirmation.key == f"c2b:{confirmation.transaction_id}"
    assert confirmation.details is not None
    assert confirmation.details["phone"] == "2547*****126"
    assert bench.moved == [("charge", 150_000)]


async def test_the_addresses_are_registered_once(bench: Bench) -> None:
    _on(bench)
    await bench.adapter.probe(bench.configuration)
    await bench.adapter.probe(bench.configuration)
    assert bench.served.count("POST", "/mpesa/c2b/") == 2


@pytest.mark.parametrize("word", ["mpesa", "M-Pesa", "Safaricom", "exe", "exec", "cmd", "SQL", "query"])
async def test_daraja_refuses_words_in_addresses(bench: Bench, word: str) -> None:
    _on(bench)
    url = f"https://pay.example/{word}/c"
    with pytest.raises(ProbeError, match=r"400\.002\.02"):
        await bench.adapter.probe(replace(bench.configuration, callback_url=url))


async def test_an_address_is_needed(bench: Bench) -> None:
    _on(bench)
    with pytest.raises(ProbeError, match="address"):
        await bench.adapter.probe(replace(bench.configuration, callback_url=None))


@pytest.mark.parametrize(
    ("status", "body"), [(200, "{}"), (200, '{"ResponseCode": "1"}'), (503, "<html>"), (429, '{"fault": {}}')]
)
async def test_a_registration_that_fails_says_so(bench: Bench, status: int, body: str) -> None:
    _on(bench)
    bench.arm("error_before", "/mpesa/c2b/", status=status, body=body)
    with pytest.raises(ProbeError, match="did not register"):
        await bench.adapter.probe(bench.configuration)


@pytest.mark.parametrize("accepted", [True, False])
async def test_the_answer_to_the_question_decides(bench: Bench, accepted: bool) -> None:
    told: list[MayPay | MoneyReceived] = []

    async def answer(request: Request) -> JSONResponse:
        message = Message(await request.body(), kind=request.path_params["kind"])
        (report,) = bench.adapter.read(message, bench.configuration)
        assert isinstance(report, MayPay | MoneyReceived)
        told.append(report)
        acknowledgement = bench.adapter.acknowledge(report, accepted=accepted or isinstance(report, MoneyReceived))
        return JSONResponse(dict(acknowledgement.body), acknowledgement.status)

    async with serve(Starlette(routes=[Route("/c/{kind}", answer, methods=["POST"])])) as gateway:
        _on(bench)
        await bench.adapter.probe(replace(bench.configuration, callback_url=f"{gateway.url}/c"))
        bench.simulator.pay(SHORTCODE, MSISDN, 10, "X")
        await bench.advance(1)
    assert [type(each) for each in told] == [MayPay, MoneyReceived][: 1 + accepted]
    assert bench.moved == [("charge", 1_000)] * accepted


@pytest.mark.parametrize(("unreachable", "moved"), [("Completed", [("charge", 1_000)]), ("Cancelled", [])])
async def test_an_unreachable_gateway_leaves_it_to_the_default(
    bench: Bench, unreachable: str, moved: list[tuple[str, int]]
) -> None:
    _on(bench, unreachable)
    await bench.adapter.probe(replace(bench.configuration, callback_url="http://127.0.0.1:1/c"))
    bench.simulator.pay(SHORTCODE, MSISDN, 10, "X")
    await bench.advance(1)
    assert bench.moved == moved


async def test_the_sandbox_lets_customers_be_simulated(bench: Bench) -> None:
    async with aiohttp.ClientSession() as session:
        auth = {"authorization": "Basic c2ltdWxhdGVkLWtleTpzaW11bGF0ZWQtc2VjcmV0"}
        url = f"{bench.served.url}/oauth/v1/generate?grant_type=client_credentials"
        async with session.get(url, headers=auth) as answer:
            token = (await answer.json())["access_token"]
        body = {"ShortCode": SHORTCODE, "CommandID": "CustomerPayBillOnline", "Amount": "10", "Msisdn": MSISDN}
        async with session.post(
            f"{bench.served.url}/mpesa/c2b/v2/simulate", json=body, headers={"authorization": f"Bearer {token}"}
        ) as answer:
            assert (await answer.json())["ResponseCode"] == "0"
    await bench.advance(1)
    assert bench.moved == [("charge", 1_000)]


@pytest.mark.parametrize(
    "members",
    [
        {"TransAmount": None},
        {"TransAmount": "0.00"},
        {"TransAmount": "-1"},
        {"TransAmount": "ten"},
        {"TransID": None},
        {"BusinessShortCode": "600000"},
    ],
)
def test_confirmations_of_others_are_not_read(bench: Bench, members: dict[str, object]) -> None:
    body = {"TransID": "S1", "TransAmount": "10.00", "BusinessShortCode": SHORTCODE, **members}
    with pytest.raises(UnreadableError):
        bench.adapter.read(Message(json.dumps(body).encode(), kind="n"), bench.configuration)


@pytest.mark.parametrize("unreachable", ["Cancelled", "off"])
async def test_the_prompt_says_what_to_type_where_customers_may_pay_by_themselves(
    bench: Bench, unreachable: str
) -> None:
    _on(bench, unreachable)
    instruction = bench.charge("910", account_reference="K7QMX2R4TB")
    prompted = await bench.send(instruction)
    assert isinstance(prompted, Pending)
    asked = await bench.query(instruction, prompted.handle)
    assert isinstance(asked, Pending)
    shown = {} if unreachable == "off" else {"account_reference": "K7QMX2R4TB"}
    for each in (prompted, asked):
        assert each.next_action == {"type": "stk_prompt", "redirect_url": None, **shown}


async def test_what_is_typed_is_what_the_prompt_shows(bench: Bench) -> None:
    _on(bench)
    body = stk.request(
        bench.charge(account_reference="K7QMX2R4TB"),
        Account(bench.configuration, Credentials()),
        "https://gateway.example/c/s",
        bench.clock.now(),
    )
    assert not isinstance(body, Unfit)
    assert body["AccountReference"] == "K7QMX2R4TB"
