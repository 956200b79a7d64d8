"""The log says what was asked and what came of it, in JSON where machines read it, and never a secret."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.telemetry.logs import JsonFormatter, TextFormatter
from molam_gateway.telemetry.redaction import redacted
from molam_gateway.telemetry.work import CURRENT, Work

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "gateway")}
CARD = "4242 4242 4242 4242"


def lines(formatter: logging.Formatter, *messages: str) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("molam_gateway.test")  # noqa: LOG001 - one of its own
    logger.addHandler(handler)
    for message in messages:
        logger.info(message)
    return stream.getvalue()


@contextmanager
def at_work(work: Work) -> Generator[None]:
    token = CURRENT.set(work)
    try:
        yield
    finally:
        CURRENT.reset(token)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer sk_test_0123456789abcdef", "Authorization: Bearer [redacted]"),
        ("key sk_live_0123456789abcdef.", "key [redacted]."),
        ("signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "signed with [redacted]"),
        ("token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln", "token [redacted]"),
        ("postgresql://molam:hush@db/molam", "postgresql://[redacted]@db/molam"),
        (f"number {CARD}", "number [redacted]"),
        ("number 4242424242424242, twice", "number [redacted], twice"),
        ("called +254 712 345 678 in vain", "called [redacted] in vain"),
        ("PhoneNumber 254712345678", "PhoneNumber [redacted]"),
        ('{"password": "hush"}', '{"password": "[redacted]"}'),
        ("pi_0351gwzA9njLrJ4LtKGWsE took 1795303545210 ms", "pi_0351gwzA9njLrJ4LtKGWsE took 1795303545210 ms"),
        ("due at 2026-11-21T23:25:53.123Z, 20 of 100", "due at 2026-11-21T23:25:53.123Z, 20 of 100"),
    ],
)
def test_secrets_are_taken_out(text: str, kept: str) -> None:
    assert redacted(text) == kept


@given(st.text())
def test_redaction_reads_everything_and_leaves_nothing_to_do(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@given(st.text(st.characters(blacklist_categories=["Cs"])), st.text(st.characters(blacklist_categories=["Cs"])))
def test_a_record_is_one_line_of_json(message: str, account: str) -> None:
    with at_work(Work("create_payment_intent", "/v1/x", "req_1", account)):
        shown = lines(JsonFormatter(), message.replace("%", "%%"))
    assert shown.count("\n") == 1
    assert json.loads(shown)["request_id"] == "req_1"


def test_a_traceback_goes_with_its_record_without_its_secrets() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.Logger("molam_gateway.test")  # noqa: LOG001 - one of its own
    logger.addHandler(handler)
    try:
        raise ValueError(f"the card {CARD}")
    except ValueError:
        logger.exception("it failed")
    record = json.loads(stream.getvalue())
    assert "ValueError: the card [redacted]" in record["exception"]
    assert record["level"] == "error"


def test_people_see_which_request_it_was() -> None:
    with at_work(Work(request_id="req_1")):
        assert lines(TextFormatter("%(message)s"), "it failed, sk_test_0123456789") == "it failed, [redacted] (req_1)\n"


def test_requests_are_lines_without_queries_bodies_or_ids_of_paths(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "molam_gateway", "serve", "--json", "--port", "0", "--log-format", "json"]
    with (tmp_path / "log").open("w+") as log:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=ENVIRONMENT) as process:
            assert process.stdout is not None
            facts: dict[str, Any] = json.loads(process.stdout.readline())
            with httpx.Client(base_url=facts["url"], headers={"Authorization": f"Bearer {facts['api_key']}"}) as client:
                made = client.post(
                    "/v1/connect/payment_intents",
                    json={"amount": 100, "currency": "USD", "description": "marzipan"},
                    headers={"Idempotency-Key": "quince"},
                )
                client.get(f"/v1/connect/payment_intents/{made.json()['id']}", params={"pear": "plum"})
                client.get("/apricot")
            process.terminate()
            assert process.wait(20) == 0
        log.seek(0)
        text = log.read()
    records = [json.loads(line) for line in text.splitlines()]
    requests = [each for each in records if each["logger"] == "molam_gateway.access_log"]
    assert [(each["method"], each["route"], each["status"]) for each in requests] == [
        ("POST", "/v1/connect/payment_intents", 201),
        ("GET", "/v1/connect/payment_intents/{payment_intent_id}", 400),
        ("GET", "", 404),
    ]
    assert requests[0]["request_id"] == made.headers["request-id"]
    assert requests[0]["operation"] == "create_payment_intent"
    assert requests[0]["account"].startswith("acct_")
    assert requests[0]["duration_ms"] > 0
    assert not any(word in text for word in ("marzipan", "quince", "pear", "apricot", facts["api_key"]))
