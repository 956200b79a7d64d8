"""A sandbox gateway in a process of its own, with the provider's book as the judge of what was charged."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.gateway_fixtures import Api


@dataclass(frozen=True)
class Gateway:
    """Where it listens, and with which key."""

    url: str
    api_key: str

    def charges(self) -> Mapping[int, list[str]]:
        """The payment intents that were charged, by amount: each order has an amount of its own."""
        api = Api(self.url, self.api_key)
        try:
            book = api.get("/v1/sandbox/ledger").raise_for_status().json()["data"]
        finally:
            api.close()
        found: defaultdict[int, list[str]] = defaultdict(list)
        for movement in book:
            assert movement["kind"] == "charge", movement
            found[movement["amount"]].append(movement["payment_intent"])
        return found

    def lose_the_next_answer(self, kind: str) -> None:
        """Arm a fault of the sandbox for the next payment."""
        api = Api(self.url, self.api_key)
        try:
            api.arm(kind, operation_id="create_payment_intent")
        finally:
            api.close()


@contextmanager
def gateway() -> Generator[Gateway]:
    """A gateway while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "molam_gateway", "serve", "--json", "--port", "0"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Gateway(ready["url"], ready["api_key"])
    finally:
        process.terminate()
        process.communicate(timeout=30)
