"""The extension in an application on a real socket: its client, its webhooks, and what it refuses."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine
from werkzeug.serving import make_server

from molam_api.models import Event, PaymentIntent, Refund
from molam_gateway.embedded import Sandbox
from molam_sdk import errors
from molam_sdk.contrib.flask import Molam, problem_response
from molam_sdk.durable import Inbox, create_tables
from molam_sdk.testing import SignedWebhook, WebhookMaker

SECRET = "whsec_Zmxhc2s="
maker = WebhookMaker(SECRET)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def made(molam: Molam, inbox: Inbox | None = None, /, **config: Any) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping({f"MOLAM_{name.upper()}": value for name, value in config.items()})
    molam.init_app(app, inbox=inbox)
    return app


@contextmanager
def served(app: Flask) -> Generator[httpx.Client]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
            yield client
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(client: httpx.Client, webhook: SignedWebhook, path: str = "/webhooks/molam") -> httpx.Response:
    return client.post(path, content=webhook.body, headers=dict(webhook.headers))


def test_each_application_has_a_client_that_is_closed_with_it(sandbox: Sandbox) -> None:
    molam = Molam()
    config = {"api_key": sandbox.api_key, "api_base": sandbox.url}
    app, other = made(molam, **config), made(molam, **config)
    with app.app_context():
        first = molam.client
        assert molam.client is first
        assert first.account.retrieve().livemode is False
    with other.app_context():
        assert molam.client is not first
    closed: list[bool] = []
    first._wire.close = lambda: closed.append(True)  # type: ignore[method-assign]
    del app
    gc.collect()
    assert closed == [True]


def test_a_forked_child_has_connections_of_its_own(sandbox: Sandbox) -> None:
    molam = Molam()
    app = made(molam, api_key=sandbox.api_key, api_base=sandbox.url)
    with app.app_context():
        assert molam.client.account.retrieve().livemode is False
        child = os.fork()
        if child == 0:
            os._exit(0 if molam.client.account.retrieve().livemode is False else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert molam.client.account.retrieve().livemode is False


def test_errors_of_views_become_problems(sandbox: Sandbox) -> None:
    molam = Molam()
    app = made(molam, api_key=sandbox.api_key, api_base=sandbox.url)
    app.register_error_handler(errors.MolamError, problem_response)

    @app.post("/pay")
    def pay() -> str:
        return molam.client.payment_intents.create(
            amount=900, currency="USD", payment_method="pm_cpay_declined", confirm=True
        ).id

    with served(app) as client:
        answer = client.post("/pay")
    assert (answer.status_code, answer.json()["decline_code"]) == (402, "generic_decline")
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_event_reaches_the_functions_of_its_type_and_the_sender_learns_nothing() -> None:
    molam = Molam()
    got: list[Any] = []

    @molam.on("payment_intent.succeeded")
    def paid(event: Event, intent: PaymentIntent) -> None:
        got.append((event.type_, intent.amount))

    @molam.on("refund.*")
    def fails(event: Event, refund: Refund) -> None:
        raise LookupError("no such order")

    def chunked() -> Iterator[bytes]:
        for _ in range(6):
            yield b" " * 1000

    app = made(molam, webhook_secret=["whsec_b3RoZXI=", SECRET], webhook_max_body=5000, webhook_path="/hooks")
    with served(app) as client:
        answer = post(client, maker.make("payment_intent.succeeded", {"amount": 700}), "/hooks")
        assert (answer.status_code, answer.content) == (204, b"")
        for refused in (maker.forged("ping"), maker.altered("ping"), maker.late("ping"), maker.unsigned("ping")):
            answer = post(client, refused, "/hooks")
            assert (answer.status_code, answer.content) == (400, b"")
        assert post(client, maker.make("refund.created"), "/hooks").status_code == 500
        assert client.post("/hooks", content=b" " * 5001).status_code == 413
        assert client.post("/hooks", content=chunked()).status_code == 413
        assert client.get("/hooks").status_code == 405
    assert got == [("payment_intent.succeeded", 700)]


def test_with_an_inbox_events_are_kept_once(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/shop.db")
    inbox = Inbox(engine, tenants={"a": SECRET, "b": "whsec_b3RoZXI="})
    got: list[str] = []

    @inbox.on("payment_intent.succeeded")
    def paid(event: Event, connection: Connection) -> None:
        got.append(event.id)

    molam = Molam()
    app = made(molam, inbox, webhook_path="/hooks/<tenant>")
    event = maker.make("payment_intent.succeeded", id="evt_once")
    with served(app) as client:
        assert post(client, event, "/hooks/a").status_code == 503
        create_tables(engine)
        assert [post(client, event, "/hooks/a").status_code for _ in range(2)] == [204, 204]
        assert post(client, event, "/hooks/b").status_code == 400
    assert inbox.process().done == 1
    assert got == ["evt_once"]
    with pytest.raises(errors.ConfigurationError, match=r"inbox\.on"):
        molam.on("ping")
    engine.dispose()


def test_what_cannot_work_is_refused_where_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOLAM_API_KEY", "MOLAM_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for config, said in (
        ({"api_kee": "sk_test_1"}, "MOLAM_API_KEE; did you mean MOLAM_API_KEY"),
        ({"webhook_path": "hooks"}, "MOLAM_WEBHOOK_PATH"),
        ({"webhook_max_body": 0}, "whole number"),
        ({"max_retries": -1}, "max_retries"),
    ):
        with pytest.raises(errors.ConfigurationError, match=said):
            made(Molam(), **config)
    molam = Molam()
    with pytest.raises(errors.ConfigurationError, match="init_app"):
        _ = molam.client
    app = made(molam, webhook_path=None)
    with app.app_context(), pytest.raises(errors.ConfigurationError, match="MOLAM_API_KEY"):
        _ = molam.client
    with served(app) as client:
        assert client.post("/webhooks/molam").status_code == 404
    with pytest.raises(errors.ConfigurationError, match="already"):
        molam.init_app(app)

    async def later(event: Event, about: Any) -> None: ...

    with pytest.raises(errors.ConfigurationError, match="async def"):
        molam.on("ping")(later)
    molam.on("ping")(lambda event, about: None)
    with pytest.raises(errors.ConfigurationError, match=r"inbox\.on"):
        made(molam, Inbox(create_engine(f"sqlite:///{tmp_path}/never.db")))
