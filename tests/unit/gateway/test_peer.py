"""Only what trusted proxies say of a sender counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.http.peer import networks, sender

PROXIES = networks(["10.0.0.0/8", "::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "196.201.214.200", "203.0.113.9"),
        ("10.0.0.1", "196.201.214.200", "196.201.214.200"),
        ("10.0.0.1", "196.201.214.200, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", "nonsense", None),
        ("10.0.0.1", "", "10.0.0.1"),
        (None, "196.201.214.200", None),
    ],
)
def test_the_sender(peer: str | None, forwarded: str, found: str | None) -> None:
    assert sender(peer, forwarded, PROXIES) == found


@given(st.text(max_size=60))
def test_a_header_of_a_stranger_means_nothing(forwarded: str) -> None:
    assert sender("203.0.113.9", forwarded, PROXIES) == "203.0.113.9"


@given(st.text(max_size=60))
def test_what_a_sender_writes_before_the_proxy_means_nothing(claimed: str) -> None:
    assert sender("10.0.0.1", f"{claimed.replace(',', ' ')}, 203.0.113.9", PROXIES) == "203.0.113.9"
