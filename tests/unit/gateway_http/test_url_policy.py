"""Webhooks go to public receivers, and in the sandbox to this machine."""

import pytest

from molam_gateway.domain.url_policy import RefusedUrlError, check_addresses, check_url

PUBLIC = [
    "https://shop.example.com",
    "https://shop.example.com/hooks?x=1",
    "https://SHOP.example.com:443/",
    "https://shop.example.com:8443/a",
    "https://8.8.8.8/hook",
    "https://[2606:4700::1111]/hook",
]
LOCAL = [
    "http://127.0.0.1:8000/hook",
    "http://localhost/hook",
    "http://[::1]:9/hook",
    "https://localhost:8000/hook",
]
NEVER = [
    "",
    "shop.example.com",
    "ftp://shop.example.com",
    "file:///etc/passwd",
    "http://shop.example.com/hook",
    "https://",
    "https:///path",
    "https://user@shop.example.com/",
    "https://user:pw@shop.example.com/",
    "https://@shop.example.com/",
    "https://shop.example.com/#part",
    "https://shop.example.com/#",
    "https://shop.example.com:99999/",
    "https://shop.example.com:x/",
    "https://shop.example.com\\@evil.example/",
    "https://shop .example.com/",
    "https://shop.example.com/a\nb",
    "https://shöp.example.com/",
    "https://shop.example.com./",
    "https://printer.local/",
    "https://db.internal/",
    "https://x.localhost/",
    "https://router.home.arpa/",
    "https://intranet/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://0/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://017700000001/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://192.0.2.1/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::8.8.8.8]/",
    "https://[64:ff9b::808:808]/",
    "https://[2002:808:808::1]/",
    "https://[2001::1]/",
    "https://[ff02::1]/",
    "https://[::1/",
]


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
    for addresses in (["8.8.8.8", "10.0.0.1"], ["127.0.0.1"], ["fe80::1%eth0"], []):
        with pytest.raises(RefusedUrlError):
            check_addresses(addresses, sandbox=False)


def test_in_the_sandbox_a_name_may_stand_for_this_machine() -> None:
    check_addresses(["127.0.0.1", "::1"], sandbox=True)
    with pytest.raises(RefusedUrlError):
        check_addresses(["127.0.0.1", "10.0.0.1"], sandbox=True)
