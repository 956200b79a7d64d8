"""A process that is told to stop says so first, finishes what it began and gives back what it held."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import psycopg

from molam_gateway.app import open_gateway
from molam_gateway.embedded import Sandbox
from molam_gateway.http import transport
from molam_gateway.settings import Settings
from molam_gateway.vault import Vault, generate_key
from tests.gateway_databases import PostgresSchema
from tests.gateway_fixtures import Api, Receiver, eventually
from tests.realtime_sockets import close_code, received, socket
from tests.unit.gateway_http.test_processes import API_KEY, PAYMENT, gateway

from .figures import figure

READY = "/api/v1/health/ready"


def test_it_is_not_ready_while_it_still_answers(tmp_path: Path) -> None:
    async def run() -> tuple[int, int, int]:
        settings = Settings(drain_delay=30.0)
        serving, left = asyncio.Event(), asyncio.Event()

        async with open_gateway(tmp_path / "x.db", settings, Vault([generate_key()]), durable=False) as opened:
            with closing(transport.bind("127.0.0.1", 0)) as listener:

                def leave() -> None:
                    opened.leave()
                    left.set()

                server = transport.server(
                    opened.app,
                    drain_timeout=5,
                    ready=serving.set,
                    leaving=leave,
                    draining=opened.drain,
                    drain_delay=settings.drain_delay,
                )
                running = asyncio.create_task(server.serve(sockets=[listener]))
                await serving.wait()
                url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                async with httpx.AsyncClient(base_url=url) as client:
                    before = (await client.get(READY)).status_code
                    server.handle_exit(signal.SIGTERM, None)
                    async with asyncio.timeout(10):
                        await left.wait()
                    after = await client.get(READY)
                    meanwhile = (await client.get("/api/v1/health/live")).status_code
                server.handle_exit(signal.SIGINT, None)
                await asyncio.wait_for(running, 10)
                return before, after.status_code, meanwhile

    assert asyncio.run(run()) == (200, 503, 200)


def test_workers_finish_what_they_were_asked_and_exit_with_0(schema: PostgresSchema) -> None:
    with gateway(schema, "--workers", "2") as (process, facts), closing(Api(facts["url"], API_KEY)) as api:
        api.arm("delay", delay_ms=1500)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(api.post, "/v1/connect/payment_intents", PAYMENT)
            eventually(lambda: figure(httpx.get(f"{facts['url']}/metrics").text, "requests_in_flight") == 2, 10)
            process.send_signal(signal.SIGTERM)
            assert answer.result().status_code == 201
        assert process.wait(20) == 0


def test_leases_are_given_back(schema: PostgresSchema) -> None:
    with Receiver(delay=3.5) as receiver, gateway(schema, "--workers", "2") as (process, facts):
        with closing(Api(facts["url"], API_KEY)) as api:
            api.endpoint(receiver.url, "payment_intent.created")
            api.intent()
        with psycopg.connect(schema.url, autocommit=True) as connection:

            def held() -> int:
                row = connection.execute("SELECT COUNT(*) FROM webhook_deliveries WHERE lease_until > 0").fetchone()
                return 0 if row is None else int(row[0])

            eventually(lambda: held() == 1, 10)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert held() == 0


def test_websockets_are_told_that_the_server_goes_away() -> None:
    with Sandbox() as sandbox, socket(sandbox.url, "events", sandbox.api_key) as feed:
        assert received(feed)["type"] == "snapshot"
        assert figure(httpx.get(f"{sandbox.url}/metrics").text, "websockets_open", channel="events") == 1
        sandbox.stop()
        assert close_code(feed) == 1001
