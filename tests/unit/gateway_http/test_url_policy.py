"""Webhooks go to public receivers, and in the sandbox to this machine."""

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from molam_gateway.domain.public_addresses import is_public
from molam_gateway.domain.url_policy import RefusedUrlError, check_addresses, check_url
from tests.gateway_fixtures import Api
from tests.unit.gateway_http.receivers_corpus import INSIDE, LOCAL, NEVER, PUBLIC


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize("url", PUBLIC)
def test_public_receivers_are_allowed(url: str, sandbox: bool) -> None:
    check_url(url, sandbox=sandbox)


@pytest.mark.parametrize("url", LOCAL)
def test_loopback_is_allowed_in_the_sandbox_only(url: str) -> None:
    check_url(url, sandbox=True)
    with pytest.raises(RefusedUrlError):
        check_url(url, sandbox=False)


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize("url", NEVER)
def test_everything_else_is_refused(url: str, sandbox: bool) -> None:
    with pytest.raises(RefusedUrlError, match=r"\w"):
        check_url(url, sandbox=sandbox)


def test_other_ports_are_for_the_sandbox() -> None:
    check_url("https://shop.example.com:9000/", sandbox=True)
    with pytest.raises(RefusedUrlError, match="443 or 8443"):
        check_url("https://shop.example.com:9000/", sandbox=False)


def test_every_address_of_a_name_must_be_public() -> None:
    check_addresses(["8.8.8.8", "2606:4700::1111"], sandbox=False)
    for addresses in (["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "fe80::1%eth0"], ["no address"], []):
        with pytest.raises(RefusedUrlError):
            check_addresses(addresses, sandbox=False)


def test_in_the_sandbox_a_name_may_stand_for_this_machine() -> None:
    check_addresses(["127.0.0.1", "::1"], sandbox=True)
    with pytest.raises(RefusedUrlError):
        check_addresses(["127.0.0.1", "10.0.0.1"], sandbox=True)


@pytest.mark.parametrize("address", INSIDE)
def test_no_name_may_lead_inside(address: str) -> None:
    for addresses in ([address], ["8.8.8.8", address], [address, "2606:4700::1111"]):
        with pytest.raises(RefusedUrlError) as refused:
            check_addresses(addresses, sandbox=False)
        assert address not in str(refused.value)


@pytest.mark.parametrize("url", NEVER)
def test_registration_refuses_what_is_never_right(shared_api: Api, url: str) -> None:
    created = shared_api.post("/v1/webhook_endpoints", {"url": url, "enabled_events": ["*"]})
    assert (created.status_code, created.json()["param"]) == (400, "url")


def test_a_change_is_judged_like_a_registration(shared_api: Api) -> None:
    endpoint = shared_api.endpoint("http://127.0.0.1:9/hook", "ping")
    for url in NEVER[::7]:
        changed = shared_api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", {"url": url})
        assert (changed.status_code, changed.json()["param"]) == (400, "url")


@given(st.ip_addresses())
def test_public_is_less_than_what_python_calls_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=4))
def test_no_other_notation_of_an_address_is_a_host(address: ipaddress.IPv4Address) -> None:
    number, octets = int(address), address.packed
    notations = (
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(map(hex, octets)),
        ".".join(f"0{octet:o}" for octet in octets),
        f"{octets[0]}.{number & 0xFFFFFF}",
        f"{octets[0]}.{octets[1]}.{number & 0xFFFF}",
        f"{address}.",
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]",
    )
    for host in notations:
        with pytest.raises(RefusedUrlError):
            check_url(f"https://{host}/", sandbox=False)


_PIECES = st.sampled_from(
    ["https://", "http://", "//", "/", "\\", "@", ":", "#", "?", "%", "%2e", "%40", "[", "]", "::1", ".", "-", "_", "a",
     "shop.example.com", "127.0.0.1", "10.0.0.1", "localhost", "443", "8443", "0x7f", "\u3002", "\uff0e", "\n", " "]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=40).map("https://".__add__))
def test_whatever_is_allowed_is_read_alike_by_whoever_connects(url: str) -> None:
    """The policy and the HTTP client must not see different hosts or ports in one URL."""
    try:
        check_url(url, sandbox=False)
    except RefusedUrlError:
        return
    seen, parts = URL(url), urlsplit(url)
    assert (seen.scheme, seen.raw_host, seen.user) == ("https", (parts.hostname or "").strip("[]"), None)
    assert seen.port in (443, 8443)
    assert seen.port == (parts.port or 443)
