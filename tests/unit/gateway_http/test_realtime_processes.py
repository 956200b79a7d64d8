"""Whoever listens to one gateway process hears what is done in another, and goes on there when the first one dies."""

import json
import signal
from contextlib import closing

from websockets.exceptions import ConnectionClosed

from tests.gateway_databases import postgres_schema
from tests.gateway_fixtures import Api
from tests.realtime_sockets import received, socket

from .test_processes import API_KEY, gateway

PAYMENT: dict[str, object] = {
    "amount": 1000,
    "currency": "USD",
    "confirm": True,
    "payment_method": "pm_cpay_ok",
}


def pay(api: Api, count: int) -> None:
    for _ in range(count):
        api.made("/v1/connect/payment_intents", PAYMENT)


def test_nothing_is_missed_when_a_process_is_killed() -> None:
    with (
        postgres_schema() as schema,
        gateway(schema) as (first, here),
        gateway(schema) as (_, there),
        closing(Api(there["url"], API_KEY)) as api,
    ):
        frames: list[dict[str, object]] = []
        with socket(here["url"], "events", API_KEY) as feed:
            assert received(feed)["type"] == "snapshot"
            pay(api, 3)
            frames += [received(feed) for _ in range(6)]
            first.send_signal(signal.SIGKILL)
            pay(api, 3)
            try:
                while True:
                    frames.append(json.loads(feed.recv(timeout=10)))
            except ConnectionClosed:
                pass
        with socket(there["url"], "events", API_KEY, query=f"after={frames[-1]['seq']}") as feed:
            assert received(feed)["type"] == "resumed"
            pay(api, 1)
            frames += [received(feed) for _ in range(14 - len(frames))]
        told = {event["id"] for event in api.get("/v1/events", limit=100).json()["data"]}
        kinds = [frame["type"] for frame in frames]
        assert kinds == ["payment.initiated", "payment.completed"] * 7
        assert len({frame["id"] for frame in frames} & told) == 14
        numbers = [int(str(frame["seq"])) for frame in frames]
        assert numbers == sorted(set(numbers))
