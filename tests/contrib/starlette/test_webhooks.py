"""Webhooks at an application on a real socket: what is handled, what is refused, and what the sender learns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from starlette.applications import Starlette

from molam_api.models import Event, PaymentIntent, Refund
from molam_sdk import errors
from molam_sdk.contrib.fastapi import Webhooks as FastAPIWebhooks
from molam_sdk.contrib.starlette import Webhooks, working
from molam_sdk.durable import AsyncInbox, create_tables_async
from molam_sdk.testing import SignedWebhook, WebhookMaker

from .served import served

SECRET = "whsec_c3RhcmxldHRl"
maker = WebhookMaker(SECRET)


def served_by(webhooks: Webhooks, path: str = "/hooks") -> Any:
    return served(Starlette(routes=[webhooks.route(path)]))


def post(client: Any, webhook: SignedWebhook, path: str = "/hooks") -> Any:
    return client.post(path, content=webhook.body, headers=dict(webhook.headers))


def test_an_event_reaches_the_functions_of_its_type_in_order_and_only_them() -> None:
    got: list[Any] = []
    webhooks = Webhooks(["whsec_b3RoZXI=", SECRET])

    @webhooks.on("payment_intent.succeeded")
    async def first(event: Event, intent: PaymentIntent) -> None:
        await asyncio.sleep(0)
        got.append((event.type_, intent.id))

    @webhooks.on("payment_intent.*")
    def second(event: Event, intent: PaymentIntent) -> None:
        got.append(intent.amount)

    @webhooks.on("*")
    def every(event: Event, about: Any) -> None:
        got.append(type(about))

    @webhooks.on("refund.failed")
    async def never(event: Event, refund: Refund) -> None:
        got.append(refund)

    made = maker.make("payment_intent.succeeded", {"id": "pi_1", "amount": 700})
    with served_by(webhooks) as client:
        answer = post(client, made)
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get("/hooks").status_code == 405
    assert got == [("payment_intent.succeeded", "pi_1"), 700, PaymentIntent]


@pytest.mark.parametrize("webhooks_of", [Webhooks, FastAPIWebhooks])
def test_the_sender_learns_nothing_of_what_is_refused(webhooks_of: type[Webhooks]) -> None:
    webhooks = webhooks_of({"k1": SECRET}, max_body=5000)
    got: list[str] = []
    webhooks.on("*")(lambda event, _: got.append(event.id))
    made = maker.make("ping")

    def chunked() -> Iterator[bytes]:
        for _ in range(6):
            yield b" " * 1000

    app: Any = Starlette(routes=[webhooks.route("/hooks")])
    if isinstance(webhooks, FastAPIWebhooks):
        app = FastAPI()
        app.include_router(webhooks.router("/hooks"))
        assert app.openapi()["paths"] == {}
    with served(app) as client:
        for refused in (maker.forged("ping"), maker.altered("ping"), maker.late("ping"), maker.unsigned("ping")):
            answer = post(client, refused)
            assert (answer.status_code, answer.content) == (400, b"")
        assert post(client, maker.signed(b"[]")).status_code == 400
        assert client.post("/hooks", content=b" " * 5001).status_code == 413
        assert client.post("/hooks", content=chunked()).status_code == 413
        assert post(client, made).status_code == 204
    assert got == [made.event["id"]]


def test_a_function_that_raises_is_no_success_and_takes_no_body_along(caplog: pytest.LogCaptureFixture) -> None:
    caught: list[BaseException] = []
    webhooks = Webhooks(lambda kid: SECRET if kid == "k1" else None)

    @webhooks.on("refund.created")
    async def fails(event: Event, refund: Refund) -> None:
        raise LookupError("no such order")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await inner(scope, receive, send)
        except LookupError as error:
            caught.append(error)
            raise

    inner = Starlette(routes=[webhooks.route("/hooks")])
    with served(app) as client:
        assert post(client, maker.make("refund.created")).status_code == 500
        assert post(client, maker.make("refund.failed")).status_code == 204
    trace = caught[0].__traceback__
    ours: list[dict[str, Any]] = []
    while trace is not None:
        if ".contrib." in trace.tb_frame.f_globals["__name__"]:
            ours.append(trace.tb_frame.f_locals)
        trace = trace.tb_next
    assert ours
    assert not any("body" in each for each in ours)


def test_an_object_of_unexpected_form_is_given_to_nobody() -> None:
    webhooks = Webhooks(SECRET)
    got: list[Refund] = []
    webhooks.on("refund.created")(lambda event, refund: got.append(refund))
    event = {**maker.make("refund.created").event, "data": {"object": {"id": "ref_1"}, "previous_attributes": None}}
    with served_by(webhooks) as client, pytest.warns(UserWarning, match="expected form"):
        assert post(client, maker.signed(event)).status_code == 500
    assert got == []


def test_without_a_secret_or_a_function_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLAM_WEBHOOK_SECRET", raising=False)
    webhooks = Webhooks()
    with served_by(webhooks) as client:
        assert post(client, maker.make("ping")).status_code == 500
        monkeypatch.setenv("MOLAM_WEBHOOK_SECRET", SECRET)
        assert post(client, maker.make("ping")).status_code == 500
        webhooks.on("refund.*")(lambda event, refund: None)
        assert post(client, maker.make("ping")).status_code == 204


def test_with_an_inbox_events_are_kept_once_and_worked_at_by_its_worker(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/shop.db")
    inbox = AsyncInbox(engine, tenants={"a": SECRET, "b": "whsec_b3RoZXI="})
    got: list[str] = []
    done = asyncio.Event()

    @inbox.on("payment_intent.succeeded")
    async def paid(event: Event, connection: AsyncConnection) -> None:
        got.append(event.id)
        done.set()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        await create_tables_async(engine)
        async with working(inbox, poll=0.05):
            yield
            await asyncio.wait_for(done.wait(), 10)
        await engine.dispose()

    webhooks = Webhooks(inbox=inbox)
    made = maker.make("payment_intent.succeeded", id="evt_once")
    with served(Starlette(routes=[webhooks.route("/hooks/{tenant}")], lifespan=lifespan)) as client:
        assert [post(client, made, "/hooks/a").status_code for _ in range(2)] == [204, 204]
        assert post(client, made, "/hooks/b").status_code == 400
        assert post(client, made, "/hooks/nobody").status_code == 400
    assert got == ["evt_once"]


def test_what_an_inbox_cannot_keep_comes_again(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    with served_by(Webhooks(inbox=AsyncInbox(engine, SECRET))) as client:
        answer = post(client, maker.make("ping"))
        assert (answer.status_code, answer.content) == (503, b"")
    asyncio.run(engine.dispose())


def test_what_cannot_work_is_refused_where_it_is_said(tmp_path: Path) -> None:
    inbox = AsyncInbox(create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/never.db"))
    with pytest.raises(errors.ConfigurationError, match=r"inbox\.on"):
        Webhooks(inbox=inbox).on("ping")
    with pytest.raises(errors.ConfigurationError, match="give them to it"):
        Webhooks(SECRET, inbox=inbox)
    with pytest.raises(errors.ConfigurationError, match="whole number"):
        Webhooks(SECRET, max_body=0)
    with pytest.raises(errors.ConfigurationError, match="are strings"):
        Webhooks().on("")
    with pytest.raises(errors.ConfigurationError, match="must be a function"):
        Webhooks().on("ping")(None)  # type: ignore[arg-type]
    with pytest.warns(UserWarning, match=r"'refunds\.failed'") as warned:
        Webhooks().on("refunds.failed")
    assert warned[0].filename == __file__
