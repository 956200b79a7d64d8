"""Who is refused too often is stopped, by address, without stopping those who share the address."""

from ipaddress import IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from molam_gateway.access.accepted import Accepted
from molam_gateway.access.rate_limits import RateLimits
from molam_gateway.access.refusals import Refusals, RefusedError
from molam_gateway.domain.sources import UNKNOWN, source_of

pytestmark = pytest.mark.anyio

SENDER = "192.0.2.1"


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, UNKNOWN),
        ("a name", UNKNOWN),
    ],
)
def test_the_source_of_an_address(address: str | None, source: str) -> None:
    assert source_of(address) == source


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_all_of_a_64_is_one_source(address: IPv6Address, lower: int) -> None:
    other = IPv6Address((int(address) >> 64 << 64) | lower)
    assume(address.ipv4_mapped is None and other.ipv4_mapped is None)
    assert source_of(str(address)) == source_of(str(other))


async def refused(refusals: Refusals, address: str, target: str, times: int) -> int:
    """How many of these were refused as one too many."""
    return sum([await refusals.note(address, target) is not None for _ in range(times)])


async def test_what_is_wrong_at_one_target_stops_nothing_at_another() -> None:
    refusals = Refusals(RateLimits({"refused": "2/hour", "flood": "100/hour"}), "messages")
    assert await refused(refusals, SENDER, "stripe pc_1", 4) == 2
    with pytest.raises(RefusedError):
        await refusals.check(SENDER, "stripe pc_1")
    await refusals.check(SENDER, "stripe pc_2")
    await refusals.check("192.0.2.2", "stripe pc_1")


async def test_a_flood_over_many_targets_is_stopped_at_all_of_them() -> None:
    refusals = Refusals(RateLimits({"refused": "2/hour", "flood": "10/hour"}), "messages")
    for number in range(10):
        assert await refused(refusals, SENDER, f"stripe pc_{number}", 1) == 0
    with pytest.raises(RefusedError) as stopped:
        await refusals.check(SENDER, "stripe pc_of_nobody")
    assert "r=0" in stopped.value.headers["RateLimit"]
    await refusals.check("192.0.2.2", "stripe pc_of_nobody")


async def test_kinds_are_counted_apart_and_checking_counts_nothing() -> None:
    limits = RateLimits({"refused": "1/hour", "flood": "1/hour"})
    keys, messages = Refusals(limits, "keys"), Refusals(limits, "messages")
    await keys.note(SENDER)
    for _ in range(3):
        await messages.check(SENDER, "")
    with pytest.raises(RefusedError):
        await keys.check(SENDER)


def test_what_was_accepted_is_remembered_until_it_is_dropped_or_too_long_ago() -> None:
    accepted = Accepted(most=2)
    for credential in ("a", "b", "a", "c"):
        accepted.add(credential)
    assert [accepted.holds(each) for each in "abc"] == [True, False, True]
    accepted.drop("a")
    assert not accepted.holds("a")
