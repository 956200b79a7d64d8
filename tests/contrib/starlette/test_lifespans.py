"""The client of an application, from its start to its end."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, errors
from molam_sdk.contrib.fastapi import Molam, problem_response

from .served import served


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def molam(sandbox: Sandbox) -> Molam:
    return Molam(api_key=sandbox.api_key, api_base=sandbox.url, default_currency="USD", max_retries=0)


def test_there_is_one_client_from_the_start_to_the_end_and_another_after_that(molam: Molam) -> None:
    order: list[str] = []
    clients: list[MolamAsyncClient] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[dict[str, str]]:
        async with molam.lifespan(app):
            clients.append(molam.client)
            yield {"mine": "kept"}
            assert molam.client is clients[-1]
            order.append("ended")

    app = FastAPI(lifespan=lifespan)

    @app.get("/livemode")
    async def livemode(client: Annotated[MolamAsyncClient, Depends(molam)], request: Request) -> list[Any]:
        assert client is clients[-1]
        return [(await client.account.retrieve()).livemode, request.state.mine]

    assert repr(molam) == "<Molam, stopped>"
    for _ in range(2):
        with served(app) as client:
            for _ in range(2):
                assert client.get("/livemode").json() == [False, "kept"]
            assert repr(molam) == "<Molam, running>"
    assert order == ["ended", "ended"]
    assert clients[0] is not clients[1]
    with pytest.raises(errors.ConfigurationError, match=r"lifespan=molam\.lifespan"):
        _ = molam.client


def test_it_reaches_mounted_applications(molam: Molam) -> None:
    async def mode(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str((await molam.client.account.retrieve()).livemode))

    app = Starlette(lifespan=molam.lifespan, routes=[Mount("/inner", Starlette(routes=[Route("/mode", mode)]))])
    with served(app) as client:
        assert client.get("/inner/mode").text == "False"


async def _started(molam: Molam) -> None:
    async with molam.lifespan(None), molam.lifespan(None):
        raise AssertionError("two applications run")


def test_a_second_application_and_options_that_cannot_work_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.ConfigurationError, match="a Molam for each"):
        asyncio.run(_started(Molam(api_key="sk_test_1")))
    monkeypatch.delenv("MOLAM_API_KEY", raising=False)
    with pytest.raises(errors.ConfigurationError, match="MOLAM_API_KEY"):
        asyncio.run(_started(Molam()))


def answered(molam: Molam, **call: Any) -> httpx.Response:
    app = FastAPI(lifespan=molam.lifespan)
    app.add_exception_handler(errors.MolamError, problem_response)

    @app.post("/pay")
    async def pay() -> None:
        await molam.client.payment_intents.create(**call)

    assert list(app.openapi()["paths"]) == ["/pay"]
    with served(app) as client:
        return client.post("/pay")


def test_a_declined_payment_is_a_problem_of_the_customer(molam: Molam) -> None:
    answer = answered(molam, amount=900, payment_method="pm_cpay_declined", confirm=True)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told.pop("request_id").startswith("req_")
    assert told == {
        "type": "about:blank",
        "title": "Payment declined",
        "status": 402,
        "detail": "Use another payment method.",
        "outcome": "rejected",
        "code": "card_declined",
        "decline_code": "generic_decline",
    }
    assert answer.status_code == 402


def test_a_key_that_is_not_accepted_is_nobody_elses_affair(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    answer = answered(Molam(api_key="sk_test_wrong_and_secret", api_base=sandbox.url), amount=900, currency="USD")
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal error")
    assert set(answer.json()) <= {"type", "title", "status", "detail", "outcome", "request_id"}
    assert "wrong_and_secret" not in answer.text + caplog.text
    assert "answered 500" in caplog.text


def test_a_gateway_that_cannot_be_reached_says_whether_money_may_have_moved() -> None:
    answer = answered(
        Molam(api_key="sk_test_1", api_base="http://127.0.0.1:9", max_retries=0), amount=9, currency="USD"
    )
    assert (answer.status_code, answer.json()["outcome"]) == (502, "not_sent")
