"""Rate limits as callers meet them, over a real socket."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from molam_gateway.access.rate_limits import RateLimits
from molam_gateway.domain.call import Answer, Call
from molam_gateway.http.router import Handler
from molam_gateway.services import Services
from molam_gateway.settings import Settings

from . import tiny


async def answer(services: Services, call: Call) -> Answer:
    return Answer(201 if call.operation_id == "create_thing" else 200, {"id": "a"})


HANDLERS: Mapping[str, Handler] = dict.fromkeys(("retrieve_thing", "create_thing", "list_sandbox_things"), answer)


def test_reads_and_writes_are_counted_apart(tmp_path: Path) -> None:
    limits = RateLimits({"read": "2/hour", "write": "1/hour"})
    with tiny.running(tmp_path, HANDLERS, limiter=limits) as gateway:
        reads = [gateway.client.get("/things/a") for _ in range(3)]
        writes = [gateway.client.post("/things", json={"id": "a"}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [each.status_code for each in reads] == [200, 200, 429]
    assert [each.status_code for each in writes] == [201, 429]
    assert [each.headers["RateLimit"].split(";")[1] for each in reads] == ["r=1", "r=0", "r=0"]
    assert reads[0].headers["RateLimit-Policy"] == '"read";q=2;w=3600'


def test_a_refusal_says_when_to_come_back(tmp_path: Path) -> None:
    with tiny.running(tmp_path, HANDLERS, limiter=RateLimits({"read": "1/minute"})) as gateway:
        gateway.client.get("/things/a")
        refused = gateway.client.get("/things/a")
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["retryable"]) == (429, "rate_limited", True)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Request-Id"] == problem["request_id"]


def test_guessing_keys_ends_in_429_and_a_good_key_still_works(tmp_path: Path) -> None:
    with tiny.running(tmp_path, HANDLERS, limiter=RateLimits({"refused": "2/hour"})) as gateway:
        url = str(gateway.client.base_url)
        with httpx.Client(base_url=url, headers={"Authorization": "Bearer sk_test_guess"}) as stranger:
            guesses = [stranger.get("/things/a").status_code for _ in range(4)]
        assert gateway.client.get("/things/a").status_code == 200
    assert guesses == [401, 401, 429, 429]


def test_a_flood_is_not_looked_up_but_for_who_was_good_a_moment_ago(tmp_path: Path) -> None:
    settings = Settings(validate_responses=True, trusted_proxies=("127.0.0.1",))
    limits = RateLimits({"flood": "3/hour"})
    with tiny.running(tmp_path, HANDLERS, settings, limiter=limits) as gateway:

        def status(key: str, address: str) -> int:
            headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": address}
            return gateway.client.get("/things/a", headers=headers).status_code

        guesses = [status(f"sk_test_guess{number}", f"2001:db8::{number}") for number in range(5)]
        assert guesses == [401, 401, 401, 429, 429], "a /64 is one source"
        assert status(tiny.KEY, "2001:db8::1") == 429, "not even a good key is looked up"
        assert status(tiny.KEY, "2001:db8:0:1::1") == 200, "another network has nothing to do with it"
        assert status(tiny.KEY, "2001:db8::1") == 200, "the key was good a moment ago"


def test_without_limits_nothing_is_said(tmp_path: Path) -> None:
    with tiny.running(tmp_path, HANDLERS) as gateway:
        answered = gateway.client.get("/things/a")
    assert "RateLimit" not in answered.headers


@pytest.mark.parametrize("path", ["/nowhere", "/things"])
def test_what_no_operation_answers_is_not_counted(tmp_path: Path, path: str) -> None:
    with tiny.running(tmp_path, HANDLERS, limiter=RateLimits({"read": "1/hour"})) as gateway:
        assert gateway.client.get(path).status_code in {404, 405}
        assert gateway.client.get("/things/a").status_code == 200
