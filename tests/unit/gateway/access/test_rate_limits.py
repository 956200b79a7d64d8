"""Rate limits, in this process and in a real Redis."""

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Mapping

import pytest

from molam_gateway.access.allowance import Unlimited
from molam_gateway.access.rate_limits import RateLimitError, RateLimits, policies

pytestmark = pytest.mark.anyio

REDIS = os.environ.get("MOLAM_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def redis_is_there() -> bool:
    host, _, port = REDIS.removeprefix("redis://").partition("/")[0].partition(":")
    try:
        socket.create_connection((host, int(port or 6379)), timeout=1).close()
    except OSError:
        return False
    return True


needs_redis = pytest.mark.skipif(
    not redis_is_there() and "CI" not in os.environ, reason="no Redis at MOLAM_TEST_REDIS_URL or the standard port"
)


async def admitted(limits: RateLimits, name: str, caller: str, calls: int) -> int:
    allowances = [await limits.take(name, caller) for _ in range(calls)]
    return sum(each is not None and each.admitted for each in allowances)


async def test_a_caller_gets_its_quota_and_no_more() -> None:
    limits = RateLimits({"write": "3/hour"})
    assert await admitted(limits, "write", "key_1", 5) == 3
    assert await admitted(limits, "write", "key_2", 2) == 2


async def test_classes_without_a_policy_are_not_limited() -> None:
    assert await RateLimits({"write": "1/hour"}).take("read", "key_1") is None
    assert await Unlimited().take("write", "key_1") is None


async def test_looking_counts_nothing() -> None:
    limits = RateLimits({"refused": "1/hour"})
    for _ in range(3):
        allowance = await limits.look("refused", "192.0.2.1")
        assert allowance is not None
        assert allowance.admitted
    assert await admitted(limits, "refused", "192.0.2.1", 2) == 1


async def test_the_headers_tell_policy_and_rest() -> None:
    limits = RateLimits({"read": "5/minute"})
    allowance = await limits.take("read", "key_1")
    assert allowance is not None
    assert allowance.headers["RateLimit-Policy"] == '"read";q=5;w=60'
    name, rest, resets = allowance.headers["RateLimit"].split(";")
    assert (name, rest) == ('"read"', "r=4")
    assert 0 <= int(resets.removeprefix("t=")) <= 60


@needs_redis
async def test_processes_count_together_in_redis() -> None:
    caller = f"test-{uuid.uuid4()}"
    both = [RateLimits({"write": "10/hour"}, REDIS) for _ in range(2)]
    try:
        totals = await asyncio.gather(*(admitted(each, "write", caller, 10) for each in both))
    finally:
        for each in both:
            await each.close()
    assert sum(totals) == 10


async def test_without_redis_each_process_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as unbound:
        unbound.bind(("127.0.0.1", 0))
        dead = f"redis://user:hidden@127.0.0.1:{unbound.getsockname()[1]}/0"
        limits = RateLimits({"write": "2/hour"}, dead)
        with caplog.at_level(logging.WARNING, "molam_gateway.access"):
            assert await admitted(limits, "write", "key_1", 4) == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "hidden" not in caplog.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("read=100/second, write=50/second", {"read": "100/second", "write": "50/second"}),
    ],
)
async def test_policies_are_read(text: str, found: Mapping[str, str]) -> None:
    assert policies(text) == found


@pytest.mark.parametrize("text", ["read", "read=", "read=fast", "everything=1/second"])
async def test_unreadable_policies_are_refused_with_advice(text: str) -> None:
    with pytest.raises(RateLimitError, match=r"COUNT/PERIOD|there are read"):
        policies(text)


async def test_an_address_that_is_not_redis_is_refused_without_its_password() -> None:
    with pytest.raises(RateLimitError) as refused:
        RateLimits({"read": "1/second"}, "http://user:hidden@example.com")
    assert "hidden" not in str(refused.value)
