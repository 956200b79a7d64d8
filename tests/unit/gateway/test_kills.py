"""A real gateway, killed with SIGKILL at every point there is, neither repeats nor loses money, answers or events."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from molam_gateway import failpoints
from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Receiver

INTENTS = "/v1/connect/payment_intents"
ADVANCE = "/v1/sandbox/clock/advance"
API_KEY = "sk_test_kill0123456789abcdef"
DAY = 86400


@dataclass(frozen=True)
class Story:
    """Requests in turn, during which the gateway dies, and what the provider's book must hold in the end."""

    requests: Sequence[tuple[str, dict[str, object]]]
    movements: Sequence[str] = ("charge",)


def pay(token: str) -> tuple[str, dict[str, object]]:
    return INTENTS, {"amount": 1000, "currency": "USD", "confirm": True, "payment_method": token}


PAID = Story([pay("pm_cpay_ok")])
ADVANCED = Story([pay("pm_cpay_ok"), (ADVANCE, {"seconds": 60})])
RECONCILED = Story([pay("pm_cpay_unknown_ok"), (ADVANCE, {"seconds": 31})])
TRIGGERED = Story([("/v1/sandbox/trigger", {"type": "payout.succeeded"})], ("charge", "payout"))
EXPIRED = Story([pay("pm_cpay_action"), (ADVANCE, {"seconds": DAY})], ())
ELSEWHERE = frozenset(
    {
        *("before_sending_again", "after_sending_again", "after_giving_up"),
        *("before_keeping", "after_keeping", "before_acting", "after_acting"),
        *("before_sealing", "after_sealing"),
    }
)
"""What this sandbox's own provider never leads to: it is always reached and sends no messages; SQLite seals at once."""
STORIES = {
    **dict.fromkeys(failpoints.POINTS - ELSEWHERE, PAID),
    "before_asking": RECONCILED,
    "before_reconciling": RECONCILED,
    "after_reconciling": RECONCILED,
    "before_trigger_step": TRIGGERED,
    "after_trigger_step": TRIGGERED,
    "before_advancing": ADVANCED,
    "after_advancing": ADVANCED,
    "before_unasked": EXPIRED,
    "after_unasked": EXPIRED,
}


def die_at(point: str, database: Path) -> None:
    """Serve until the requests have led to the point."""
    command = [sys.executable, "-m", "molam_gateway", "serve", "--json", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--database", f"sqlite:///{database}", "--api-key", API_KEY],
        env={**os.environ, "MOLAM_FAILPOINT": point, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process, contextlib.suppress(httpx.TransportError):
        assert process.stdout is not None
        with contextlib.closing(Api(json.loads(process.stdout.readline())["url"], API_KEY)) as api:
            for number, (path, body) in enumerate(STORIES[point].requests):
                api.post(path, body, key=f"call-{number}")
        process.wait(10)
    assert process.returncode == -signal.SIGKILL, point


def let_leases_end(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        for table in ("attempts", "jobs", "idempotency_keys", "webhook_deliveries"):
            connection.execute(f"UPDATE {table} SET lease_until = 0")  # noqa: S608 - the names are these


def survived(point: str, database: Path) -> dict[str, Any]:
    """What is left after the same calls were made again and some time has passed."""
    story = STORIES[point]
    with Sandbox(database=database, api_key=API_KEY) as sandbox, contextlib.closing(Api(sandbox.url, API_KEY)) as api:
        for number, (path, body) in enumerate(story.requests):
            answer = api.post(path, body, key=f"call-{number}")
            assert answer.is_success, (point, answer.text)
        api.advance(120)
        book = [each["kind"] for each in api.get("/v1/sandbox/ledger").json()["data"]]
    with contextlib.closing(sqlite3.connect(database)) as connection:

        def count(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        return {
            "book": book,
            "intents": count("SELECT COUNT(*) FROM payment_intents"),
            "open": count("SELECT COUNT(*) FROM attempts WHERE state IN ('sending', 'unsent', 'pending', 'unknown')"),
            "unfinished": count("SELECT COUNT(*) FROM idempotency_keys WHERE status IS NULL"),
            "undelivered": count("SELECT COUNT(*) FROM webhook_deliveries WHERE status <> 'delivered'"),
            "untold": count("SELECT COUNT(*) FROM events WHERE id NOT IN (SELECT event_id FROM webhook_deliveries)"),
            "unsettled": count("SELECT COUNT(*) FROM payment_intents WHERE status NOT IN ('succeeded', 'canceled')"),
        }


def killed(point: str, template: Path) -> tuple[str, dict[str, Any]]:
    database = Path(shutil.copytree(template, template.with_name(point))) / "gateway.db"
    die_at(point, database)
    let_leases_end(database)
    return point, survived(point, database)


def test_a_gateway_that_is_killed_anywhere_goes_on_where_it_was(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    nothing = dict.fromkeys(("open", "unfinished", "undelivered", "untold", "unsettled"), 0)
    with Receiver() as receiver:
        database = template / "gateway.db"
        with Sandbox(database=database, api_key=API_KEY) as made, contextlib.closing(Api(made.url, API_KEY)) as api:
            api.endpoint(receiver.url)
        with ThreadPoolExecutor(4) as pool:
            outcomes = dict(pool.map(partial(killed, template=template), sorted(STORIES)))
        delivered = {delivery.event["id"] for delivery in receiver.deliveries}
    for point, left in outcomes.items():
        expected = {**nothing, "intents": 1, "book": list(STORIES[point].movements)}
        assert (point, left) == (point, expected)
        with contextlib.closing(sqlite3.connect(tmp_path / point / "gateway.db")) as connection:
            assert {row[0] for row in connection.execute("SELECT id FROM events")} <= delivered


@pytest.mark.parametrize("name", ["after_begining", "AFTER_BEGIN"])
def test_a_point_that_does_not_exist_stops_the_start(name: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "molam_gateway", "serve", "--port", "0"],
        env={**os.environ, "MOLAM_FAILPOINT": name, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert refused.returncode == 2
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr
