"""A gateway on PostgreSQL, killed with SIGKILL where only it comes by or where its commits matter most, goes on."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from molam_gateway.vault import generate_key
from tests.gateway_databases import PostgresSchema, postgres_schema
from tests.gateway_fixtures import Api, Receiver, eventually

INTENTS = "/v1/connect/payment_intents"
API_KEY = "sk_test_kill0123456789abcdef"
PAYMENT = {"amount": 1000, "currency": "USD", "confirm": True, "payment_method": "pm_cpay_ok"}
POINTS = ("before_commit", "before_sealing", "after_sealing")
LEASED = ("attempts", "jobs", "idempotency_keys", "webhook_deliveries")


def die_at(point: str, schema: PostgresSchema, key: str) -> None:
    """Serve until a payment has led to the point."""
    command = [sys.executable, "-m", "molam_gateway", "serve", "--json", "--port", "0", "--api-key", API_KEY]
    process = subprocess.Popen(
        [*command, "--database", schema.url],
        env={
            **os.environ,
            "MOLAM_FAILPOINT": point,
            "MOLAM_GATEWAY_KEY": key,
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process, contextlib.suppress(httpx.TransportError):
        assert process.stdout is not None
        with contextlib.closing(Api(json.loads(process.stdout.readline())["url"], API_KEY)) as api:
            api.post(INTENTS, PAYMENT, key="payment")
        process.wait(20)
    assert process.returncode == -signal.SIGKILL, point


def let_leases_end(schema: PostgresSchema) -> None:
    with schema.connect() as connection:
        for table in LEASED:
            connection.execute(f"UPDATE {table} SET lease_until = 0".encode())  # noqa: S608 - the names are these


@pytest.mark.parametrize(
    "point", ["after_provider", "before_commit", "before_delivery", "before_sealing", "after_sealing"]
)
def test_a_gateway_that_is_killed_goes_on_where_it_was(point: str) -> None:
    key = generate_key()
    with postgres_schema() as schema, Receiver() as receiver:
        with (
            Sandbox(database=schema.url, keys=[key], api_key=API_KEY) as sandbox,
            contextlib.closing(Api(sandbox.url, API_KEY)) as api,
        ):
            api.endpoint(receiver.url)
        die_at(point, schema, key)
        let_leases_end(schema)
        with (
            Sandbox(database=schema.url, keys=[key], api_key=API_KEY) as sandbox,
            contextlib.closing(Api(sandbox.url, API_KEY)) as api,
        ):
            paid = api.made(INTENTS, PAYMENT, key="payment")
            api.advance(120)
            assert paid["status"] == "succeeded"
            assert [each["kind"] for each in api.get("/v1/sandbox/ledger").json()["data"]] == ["charge"]
            made = {each["id"] for each in api.get("/v1/events", limit=100).json()["data"]}
            assert made <= {delivery.event["id"] for delivery in receiver.deliveries}
            eventually(lambda: api.get("/v1/audit_logs/verify").json()["unsealed"] == 0)
            assert api.get("/v1/audit_logs/verify").json()["verified"]
