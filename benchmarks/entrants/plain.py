"""The yardsticks of the standard library: json.loads, and hmac.digest followed by json.loads."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from benchmarks import answers


def _loads(body: bytes) -> Callable[[str], Callable[[], object]]:
    def prepare(url: str) -> Callable[[], object]:
        return lambda: json.loads(body)

    return prepare


def _digest_and_loads(url: str) -> Callable[[], object]:
    key, body = answers.EVENT_SECRET.encode(), answers.EVENT
    signed = b"1763712000." + body

    def run() -> object:
        hmac.digest(key, signed, "sha256")
        return json.loads(body)

    return run


TASKS = {
    "molam page": _loads(answers.PAYMENT_INTENT_PAGE),
    "stripe page": _loads(answers.PAYMENT_INTENT_PAGE),
    "openai page": _loads(answers.COMPLETION_PAGE),
    "svix page": _loads(answers.MESSAGE_PAGE),
    "webhook": _digest_and_loads,
}
