"""What counts as this machine, where http is allowed and certificates need not be checked."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from molam_sdk import Config, ConfigurationError
from tests.faults.payloads import created
from tests.faults.server import FaultServer
from tests.unit.sdk.scripted import API_KEY, driving

HERE = ["localhost", "LocalHost", "127.0.0.1", "127.0.0.53", "127.255.255.254", "[::1]", "[0:0:0:0:0:0:0:1]"]
ELSEWHERE = [
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.000.000.001", "0", "0.0.0.0", "[::]",
    "[::127.0.0.1]", "[fe80::1]", "[::2]", "localhost.", "ip6-localhost", "foo.localhost", "localhost.example.com",
    "127.0.0.1.nip.io", "127.0.0.1.", "localtest.me", "10.0.0.1", "192.168.0.1", "169.254.169.254", "128.0.0.1",
    "api.molam.com", "localhost%2eexample.com", "%6cocalhost",
]  # fmt: skip
"""Also what the system would lead here: whoever may change a name or a notation must not be trusted with it."""


@pytest.mark.parametrize("host", HERE)
@pytest.mark.parametrize("port", ["", ":8443"])
def test_this_machine(host: str, port: str) -> None:
    config = Config(api_base=f"https://{host}{port}", verify=False)
    assert config.verify is False
    assert Config(api_base=f"http://{host}{port}").base_url() == f"http://{host.lower()}{port}"


@pytest.mark.parametrize("host", ELSEWHERE)
def test_not_this_machine(host: str) -> None:
    unsafe: list[dict[str, Any]] = [
        {"api_base": f"https://{host}", "verify": False},
        {"api_base": f"http://{host}:8080"},
    ]
    for options in unsafe:
        with pytest.raises(ConfigurationError):
            Config(**options)


@pytest.mark.parametrize("base", ["https://localhost@evil.example", "https://evil.example/localhost"])
def test_a_name_in_the_wrong_place_is_no_host(base: str) -> None:
    with pytest.raises(ConfigurationError):
        Config(api_base=base, verify=False)


def test_a_copy_cannot_be_led_elsewhere() -> None:
    config = Config(api_key=API_KEY, api_base="https://localhost:1", verify=False)
    with pytest.raises(ConfigurationError, match="loopback"):
        Config.resolve(config, api_base="https://pay.example")


@pytest.mark.parametrize("proxy", ["http://proxy.example:3128", "https://10.0.0.1:3128", "socks5://proxy.example:1080"])
def test_behind_a_proxy_elsewhere_this_machine_is_another(proxy: str) -> None:
    unsafe: list[dict[str, Any]] = [
        {"api_base": "https://localhost:1", "verify": False},
        {"api_base": "http://localhost:1"},
    ]
    for options in unsafe:
        with pytest.raises(ConfigurationError, match="this machine only, and the proxy is another"):
            Config(proxy=proxy, **options)
    assert Config(proxy=proxy, api_base="https://localhost:1").proxy == proxy
    assert Config(proxy="http://127.0.0.1:3128", api_base="https://localhost:1", verify=False).verify is False


def test_nor_behind_one_that_the_environment_names(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with FaultServer(otherwise=created()) as server:
        with driving(kind, api_base=server.url, trust_env=True) as driver:
            error = driver.fail(ConfigurationError)
            assert (error.outcome, "NO_PROXY" in error.message) == ("not_sent", True)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with driving(kind, api_base=server.url, trust_env=True) as driver:
            driver.create()


def test_localhost_is_this_machine_whatever_a_resolver_says(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 6761, 6.3: otherwise whoever answers for the name gets the key, in the clear or unchecked."""
    look_up = socket.getaddrinfo

    def misled(host: Any, *args: Any, **kwargs: Any) -> Any:
        return look_up("192.0.2.1" if host in ("localhost", b"localhost") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", misled)
    with FaultServer(otherwise=created()) as server:
        base = f"http://localhost:{server.port}"
        with driving(kind, api_base=base, timeout=0.3, max_retries=0) as driver:
            driver.create()
