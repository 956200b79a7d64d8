"""A client is told everything once, checked when it is told, and never shows a secret."""

import copy
import pickle
import pprint
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk.config import Config
from molam_sdk.errors import ConfigurationError

TEST_KEY = "sk_test_abc123"
LIVE_KEY = "sk_live_abc123"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhY2N0XzEifQ.c2lnbmF0dXJl"


VARIABLES = (
    "API_KEY",
    "API_BASE",
    "ENVIRONMENT",
    "REGION",
    "WEBHOOK_SECRET",
    "DEFAULT_CURRENCY",
    "DEFAULT_LOCALE",
    "TELEMETRY_ENABLED",
)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"MOLAM_{name}", raising=False)


async def coroutine_function(kid: str) -> str:
    return kid


class CalledAsCoroutine:
    async def __call__(self, kid: str) -> str:
        return kid


def refused(**options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Config.resolve(**{"api_key": TEST_KEY, **options})
    return str(caught.value)


def test_defaults() -> None:
    config = Config(api_key=TEST_KEY)
    assert (config.timeout, config.deadline, config.max_retries) == ((5.0, 30.0), 60.0, 3)
    assert (config.backoff_factor, config.max_connections, config.retry_budget) == (0.3, 100, 500)
    assert (config.circuit_breaker, config.write_failover, config.fallback_regions) == (True, False, ())
    assert (config.trust_env, config.verify, config.telemetry) == (False, True, True)
    assert config.max_response_bytes == 16 * 1024 * 1024
    assert config.event_hooks == {}
    assert (config.proxy, config.transport, config.http_adapter, config.wire) == (None, None, None, None)


def test_options_are_keywords() -> None:
    with pytest.raises(TypeError):
        Config(TEST_KEY)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("key", [TEST_KEY, LIVE_KEY, JWT, "sk_test_..."])
def test_keys_that_are_accepted(key: str) -> None:
    assert Config(api_key=key).api_key == key


def test_the_jwt_marker_is_stripped() -> None:
    assert Config(api_key=f"jwt_{JWT}").api_key == JWT


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "abc",
        "sk_",
        "sk_test_",
        "sk_live_",
        "sk_prod_abc",
        "pk_test_abc",
        "SK_TEST_abc",
        " sk_test_a",
        "sk_test_a ",
        "sk_test_a\n",
        "sk_test_a\r\nX: y",
        "sk_test_a b",
        "sk_test_é",
        "sk_test_\x00",
        "sk_test_" + "a" * 300,
        "jwt_",
        "jwt_abc",
        "jwt_sk_test_abc",
        "a.b",
        "a.b.c.d",
        "a..c",
        "a.b.c\n",
        "a" * 9000 + ".b.c",
        "Bearer sk_test_abc",
        "sk_foo.bar.baz",
        "jwt_sk_foo.bar.baz",
        b"sk_test_abc",
        7,
        True,
    ],
)
def test_keys_that_are_refused_and_not_shown(key: Any) -> None:
    message = refused(api_key=key)
    assert "api_key" in message
    assert len(str(key)) < 10 or str(key).strip() not in message


def test_a_client_needs_a_key_but_a_configuration_may_wait_for_it() -> None:
    shared = Config(timeout=3)
    with pytest.raises(ConfigurationError, match="MOLAM_API_KEY"):
        Config.resolve(shared)
    with pytest.raises(ConfigurationError, match="MOLAM_API_KEY"):
        Config.resolve()
    assert Config.resolve(shared, api_key=TEST_KEY).timeout == (3.0, 3.0)


@pytest.mark.parametrize(
    ("key", "livemode", "base"),
    [
        (TEST_KEY, False, "https://sandbox.api.molam.io"),
        (LIVE_KEY, True, "https://api.molam.com"),
        (JWT, None, "https://api.molam.com"),
    ],
)
def test_the_key_decides_where_calls_go(key: str, livemode: bool | None, base: str) -> None:
    config = Config.resolve(api_key=key)
    assert (config.livemode, config.base_url()) == (livemode, base)


@pytest.mark.parametrize(
    ("options", "base"),
    [
        ({"environment": "production"}, "https://api.molam.com"),
        ({"environment": "staging"}, "https://staging-api.molam.com"),
        ({"environment": "sandbox"}, "https://sandbox.api.molam.io"),
        ({"environment": "local"}, "http://127.0.0.1:8080"),
        ({"region": "eu-west"}, "https://eu-west.api.molam.com"),
        ({"environment": "production", "region": "eu-west"}, "https://eu-west.api.molam.com"),
        ({"region": "auto"}, "https://api.molam.com"),
        ({"api_base": "https://pay.example/molam/"}, "https://pay.example/molam"),
        ({"api_base": "http://127.0.0.1:9/"}, "http://127.0.0.1:9"),
        ({"api_base": "HTTPS://Pay.Example:8443/Molam/"}, "https://pay.example:8443/Molam"),
        ({"api_base": "HTTPS://{region}.Pay.Example/V1", "region": "eu-west"}, "https://eu-west.pay.example/V1"),
        ({"region": "a", "regions": {"a": "HTTPS://A.example"}}, "https://a.example"),
        ({"api_base": "https://pay.example./"}, "https://pay.example."),
        ({"api_base": "http://localhost:9"}, "http://localhost:9"),
        ({"api_base": "http://[::1]:9"}, "http://[::1]:9"),
        ({"api_base": "https://{region}.pay.example", "region": "eu-west"}, "https://eu-west.pay.example"),
        (
            {"api_base": "https://{region}.pay.example/", "environment": "production", "region": "a"},
            "https://a.pay.example",
        ),
        ({"api_base": "http://127.0.0.1/{region}", "region": "a"}, "http://127.0.0.1/a"),
        ({"region": "a", "regions": {"a": "https://a.example/", "b": "https://b.example"}}, "https://a.example"),
        ({"region": "auto", "regions": {"b": "https://b.example"}}, "https://b.example"),
        ({"environment": "sandbox", "region": "a", "regions": {"a": "http://127.0.0.1:1"}}, "http://127.0.0.1:1"),
        (
            {"api_base": "https://{region}.pay.example", "region": "auto", "fallback_regions": ["b"]},
            "https://b.pay.example",
        ),
    ],
)
def test_where_calls_go(options: dict[str, Any], base: str) -> None:
    assert Config.resolve(api_key=JWT, **options).base_url() == base


def test_the_base_url_of_another_region() -> None:
    assert Config(api_key=LIVE_KEY, fallback_regions=["us-east"]).base_url("us-east") == "https://us-east.api.molam.com"
    assert Config(api_key=LIVE_KEY, region="auto").base_url("eu-west") == "https://eu-west.api.molam.com"
    assert Config(api_key=TEST_KEY, region="auto").base_url("eu-west") == "https://sandbox.api.molam.io"
    two = Config(api_key=TEST_KEY, region="a", regions={"a": "http://127.0.0.1:1", "b": "http://127.0.0.1:2"})
    assert two.base_url("b") == "http://127.0.0.1:2"
    with pytest.raises(ConfigurationError, match="no host is known for the region c"):
        two.base_url("c")


@pytest.mark.parametrize(
    "base",
    [
        "",
        "api.molam.com",
        "//api.molam.com",
        "ftp://api.molam.com",
        "file:///etc",
        "https://",
        "https:///v1",
        "https://:443",
        "http://api.molam.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "http://0x7f.1",
        "http://[::ffff:10.0.0.1]",
        "https://user@pay.example",
        "https://user:pass@pay.example",
        "https://@pay.example",
        "https://pay.example#f",
        "https://pay.example/#",
        "https://pay.example?x=1",
        "https://pay.example/?",
        "https://pay.example:99999",
        "https://pay.example:x",
        "https://pay.example:0",
        "https://pay .example",
        "https://pay..example",
        "https://.pay.example",
        f"https://{'a' * 64}.example",
        "https://pay.example\\@evil",
        "https://pay.example\r\n",
        "https://päy.example",
        "https://[::1",
        "https://{zone}.pay.example",
        "https://{region}.{zone}.pay.example",
        "https://{{region}}.pay.example",
        "https://pay.example/{",
        "https://pay.example/}",
        "https://x@{region}.pay.example",
        "http://{region}.pay.example",
        "{region}",
        7,
        b"https://pay.example",
    ],
)
def test_bases_that_are_refused(base: Any) -> None:
    message = refused(api_base=base, region="a" if "{region}" in str(base) else None)
    assert message.startswith("api_base ")
    assert "pass@" not in message


@pytest.mark.parametrize(
    "options",
    [
        {"environment": "production"},
        {"region": "eu-west"},
        {"api_base": "https://api.molam.com"},
        {"api_base": "https://API.molam.com./v1"},
        {"api_base": "https://eu-west.api.molam.com"},
        {"region": "a", "regions": {"a": "https://api.molam.com"}},
        {"environment": "sandbox", "fallback_regions": ["a"], "regions": {"a": "https://api.molam.com"}},
    ],
)
def test_a_test_key_never_reaches_production(options: dict[str, Any]) -> None:
    assert "test key" in refused(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"environment": "sandbox"},
        {"environment": "staging"},
        {"api_base": "https://sandbox.api.molam.io/"},
        {"api_base": "https://staging-api.molam.com"},
    ],
)
def test_a_live_key_never_reaches_the_sandbox_or_staging(options: dict[str, Any]) -> None:
    assert "live key" in refused(api_key=LIVE_KEY, **options)


def test_keys_and_hosts_that_are_not_compared() -> None:
    for key in (TEST_KEY, LIVE_KEY):
        assert Config(api_key=key, api_base="http://127.0.0.1:8080").base_url() == "http://127.0.0.1:8080"
        assert Config(api_key=key, api_base="https://pay.example").base_url() == "https://pay.example"
        assert Config(api_key=key, environment="local").base_url() == "http://127.0.0.1:8080"
    assert Config(api_key=JWT, environment="sandbox").base_url() == "https://sandbox.api.molam.io"
    assert Config(api_key=TEST_KEY, environment="staging").base_url() == "https://staging-api.molam.com"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"api_base": "https://pay.example", "environment": "sandbox"}, "api_base and environment"),
        ({"api_base": "https://pay.example", "region": "a"}, "api_base and region"),
        ({"api_base": "https://{region}.pay.example"}, "pass region"),
        ({"api_base": "https://{region}.pay.example", "region": "auto"}, "pass region"),
        ({"environment": "sandbox", "region": "a"}, "no host is known"),
        ({"environment": "sandbox", "fallback_regions": ["a"]}, "no host is known"),
        ({"region": "b", "regions": {"a": "https://a.example"}}, "no host is known"),
        ({"regions": {"a": "https://a.example"}}, "regions has no effect without region"),
        ({"regions": {"a": "https://a.example"}, "fallback_regions": ["a"]}, "regions has no effect without region"),
        ({"regions": {"a": "https://a.example"}, "environment": "sandbox"}, "regions has no effect without region"),
        ({"webhook_secret": {1: "whsec_x"}}, "key ids of webhook_secret must be strings, not int"),
        ({"webhook_secret": coroutine_function}, "webhook_secret must be `def`, not `async def`"),
        ({"webhook_secret": partial(coroutine_function)}, "webhook_secret must be `def`, not `async def`"),
        ({"webhook_secret": CalledAsCoroutine()}, "webhook_secret must be `def`, not `async def`"),
        ({"verify": False, "ca_bundle": __file__, "environment": "local"}, "ca_bundle has no effect"),
        ({"wire": "httpx", "transport": "T"}, "wire and transport exclude"),
        ({"wire": "molam", "proxy": "socks5://127.0.0.1:1"}, "no socks proxies"),
        ({"transport": "T", "http_adapter": "A"}, "transport and http_adapter exclude"),
        ({"wire": "httpx", "http_adapter": "A"}, "wire and http_adapter exclude"),
        ({"transport": "T", "proxy": "http://proxy:3128"}, "proxy has no effect"),
        ({"transport": "T", "trust_env": True}, "trust_env has no effect"),
        ({"http_adapter": "A", "verify": False, "environment": "local"}, "verify has no effect"),
        ({"http_adapter": "A", "max_connections": 3}, "max_connections has no effect"),
        ({"mtls_key": __file__}, "mtls_key needs mtls_cert"),
        ({"verify": False}, "loopback"),
        ({"verify": False, "api_base": "https://pay.example"}, "loopback"),
    ],
)
def test_options_that_contradict_each_other(options: dict[str, Any], named: str) -> None:
    parts: dict[Any, object] = {"T": Transport(), "A": Adapter()}
    assert named in refused(**{name: parts.get(str(value), value) for name, value in options.items()})


class Transport:
    def handle_request(self, request: object) -> object:
        raise AssertionError(request)


class AsyncTransport:
    async def handle_async_request(self, request: object) -> object:
        raise AssertionError(request)


class Adapter:
    def send(self, *call: object) -> tuple[int, str, dict[str, str]]:
        raise AssertionError(call)


BAD_NUMBERS: list[Any] = [
    float("nan"),
    float("inf"),
    -float("inf"),
    -1,
    True,
    False,
    None,
    "5",
    10**400,
    1 + 0j,
    object(),
]
BAD_COUNTS: list[Any] = [-1, 1.0, 1.5, True, None, "5", 2**53, float("nan")]


NO_FILES: list[Any] = ["/no/such/file", "", "a\0b", 7, b"x", "/"]
REFUSED: dict[str, list[Any]] = {
    "timeout": [*BAD_NUMBERS, 0, 1e9, (), (1,), (1, 2, 3), (1, 0), (True, 1), "12"],
    "deadline": [*BAD_NUMBERS, 0, 86_401],
    "backoff_factor": BAD_NUMBERS,
    "max_retries": BAD_COUNTS,
    "retry_budget": BAD_COUNTS,
    "max_connections": [*BAD_COUNTS, 0],
    "max_response_bytes": [*BAD_COUNTS, 0],
    "write_failover": [None, 1, 0, "true"],
    "circuit_breaker": [None, 1, 0, "true"],
    "trust_env": [None, 1, 0, "true"],
    "verify": [None, 1, 0, "true"],
    "telemetry": [1, "no"],
    "require_attempt_id": [1, "yes"],
    "environment": ["prod", "", [], 7],
    "region": ["", "EU", "eu_west", "a.b", "-a", "a-", "a" * 64, "é", "a\n", "../x", 7],
    "regions": [
        {},
        [],
        "a",
        {"auto": "https://a.example"},
        {"A": "https://a.example"},
        {None: "https://a.example"},
        {"a": "http://a.example"},
        {"a": "https://{region}.example"},
        {"a": 1},
    ],
    "fallback_regions": ["eu-west", None, 7, ["auto"], ["A"], [None], {"a"}],
    "account": ["", "a b", "é", "a\r\n", 7],
    "api_version": ["", "2026", "2026-11-01\n", "\u0662026-11-01", 20261101],
    "default_currency": ["XXX", "", 840],
    "default_locale": ["", "fr\r\nX: y", "é", 7],
    "journal": [object(), "calls.db", Adapter()],
    "wire": ["h2", "requests", 7],
    "transport": [object(), "httpx"],
    "http_adapter": [object(), "send"],
    "proxy": ["proxy:3128", "ftp://proxy", "", 7],
    "mtls_cert": NO_FILES,
    "mtls_key": NO_FILES,
    "ca_bundle": NO_FILES,
    "webhook_secret": ["", " \n", [], ["a", ""], {}, {"1": " "}, {"1": None}, 7, b"x"],
    "event_hooks": [[], [print], {"respond": print}, {"request": 1}, {"retry": [print, None]}],
}


@pytest.mark.parametrize("name", REFUSED)
def test_single_options_that_are_refused(name: str) -> None:
    for value in REFUSED[name]:
        assert name in refused(**{name: value}), value


def test_a_client_of_httpx_is_no_transport() -> None:
    with httpx.Client() as client, pytest.raises(ConfigurationError, match=r"HTTPTransport\(\), not a client"):
        Config(transport=client)


def test_every_option_has_values_that_are_refused() -> None:
    tested_above = {"api_key", "api_base"}
    assert set(REFUSED) | tested_above == {field.name for field in attrs.fields(Config)} - {"_resolved"}


@pytest.mark.parametrize(("name", "value"), [("api_key", b"sk_test_x"), ("api_key", 5), ("webhook_secret", b"whsec_x")])
def test_a_secret_of_another_type_is_told_by_its_type(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be a str, not {type(value).__name__}"):
        Config(**{"api_key": TEST_KEY, name: value})  # type: ignore[arg-type]


def test_options_take_their_usual_forms(tmp_path: Path) -> None:
    certificate = tmp_path / "client.pem"
    certificate.write_text("only its existence is looked at, until there is a client")
    config = Config(
        api_key=TEST_KEY,
        timeout=[1, 2.5],
        deadline=1,
        region="a",
        fallback_regions=["b"],
        regions={"a": "https://a.example", "b": "https://b.example"},
        mtls_cert=certificate,
        mtls_key=str(certificate),
        ca_bundle=certificate,
        default_currency="xof",
        default_locale="fr_FR",
        account="acct_1",
        api_version="2026-11-01",
        proxy="socks5://user:pass@proxy:1080",
        event_hooks={"request": print, "retry": [print, repr]},
        webhook_secret=["a", "b"],
        require_attempt_id=False,
        wire="httpx",
        backoff_factor=0,
        max_retries=0,
    )
    assert (config.timeout, config.deadline, config.fallback_regions) == ((1.0, 2.5), 1.0, ("b",))
    assert (config.mtls_cert, config.mtls_key, config.ca_bundle) == (str(certificate),) * 3
    assert (config.default_currency, config.default_locale) == ("XOF", "fr-FR")
    assert config.event_hooks == {"request": (print,), "retry": (print, repr)}
    assert config.webhook_secret == ("a", "b")
    assert isinstance(config.deadline, float)
    assert Config(transport=AsyncTransport()).transport is not None
    assert Config(http_adapter=Adapter()).http_adapter is not None
    assert Config(verify=False, environment="local").verify is False
    assert Config(webhook_secret={"1": "a"}).webhook_secret == {"1": "a"}
    assert Config(webhook_secret=str.upper).webhook_secret is str.upper


@pytest.mark.parametrize(
    ("options", "required"),
    [
        ({}, True),
        ({"environment": "local"}, True),
        ({"api_base": "https://sandbox.api.molam.io"}, True),
        ({"api_base": "http://127.0.0.1:8080"}, False),
        ({"api_base": "https://pay.example"}, False),
        ({"http_adapter": Adapter()}, False),
        ({"http_adapter": Adapter(), "require_attempt_id": True}, True),
        ({"require_attempt_id": False}, False),
    ],
)
def test_where_an_answer_must_echo_its_attempt(options: dict[str, Any], required: bool) -> None:
    assert Config(api_key=TEST_KEY, **options).attempt_id_required is required


def test_the_environment_fills_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_API_KEY", TEST_KEY)
    monkeypatch.setenv("MOLAM_API_BASE", "http://127.0.0.1:9999")
    monkeypatch.setenv("MOLAM_WEBHOOK_SECRET", "whsec_env")
    monkeypatch.setenv("MOLAM_DEFAULT_CURRENCY", "xof")
    monkeypatch.setenv("MOLAM_DEFAULT_LOCALE", "fr_FR")
    config = Config.resolve()
    assert (config.api_key, config.base_url()) == (TEST_KEY, "http://127.0.0.1:9999")
    assert (config.webhook_secret, config.default_currency, config.default_locale) == ("whsec_env", "XOF", "fr-FR")
    explicit = Config.resolve(api_key=LIVE_KEY, default_currency="USD")
    assert (explicit.api_key, explicit.default_currency) == (LIVE_KEY, "USD")


def test_environment_and_region_from_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_ENVIRONMENT", "production")
    monkeypatch.setenv("MOLAM_REGION", "eu-west")
    assert Config(api_key=LIVE_KEY).base_url() == "https://eu-west.api.molam.com"
    assert Config(api_key=LIVE_KEY, region="us-east").base_url() == "https://us-east.api.molam.com"


def test_an_option_silences_the_variables_that_contradict_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_API_BASE", "https://pay.example")
    assert Config(api_key=LIVE_KEY, region="eu-west").base_url() == "https://eu-west.api.molam.com"
    assert Config(api_key=TEST_KEY, environment="sandbox").base_url() == "https://sandbox.api.molam.io"
    monkeypatch.setenv("MOLAM_ENVIRONMENT", "production")
    monkeypatch.setenv("MOLAM_REGION", "eu-west")
    assert Config(api_key=TEST_KEY, api_base="http://127.0.0.1:1").base_url() == "http://127.0.0.1:1"
    assert Config(api_key=TEST_KEY, api_base="http://127.0.0.1/{region}").base_url() == "http://127.0.0.1/eu-west"
    assert "exclude each other" in refused()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("API_KEY", "nonsense"),
        ("API_BASE", "pay.example"),
        ("ENVIRONMENT", "prod"),
        ("DEFAULT_CURRENCY", "XXX"),
        ("TELEMETRY_ENABLED", "perhaps"),
        ("WEBHOOK_SECRET", "  "),
    ],
)
def test_variables_are_checked_like_options(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(f"MOLAM_{variable}", value)
    with pytest.raises(ConfigurationError):
        Config()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(f"MOLAM_{name}", "")
    assert Config(api_key=TEST_KEY).base_url() == "https://sandbox.api.molam.io"


@pytest.mark.parametrize(
    ("word", "on"), [("false", False), ("0", False), ("OFF", False), ("no", False), ("true", True), ("1", True)]
)
def test_telemetry_from_the_environment(monkeypatch: pytest.MonkeyPatch, word: str, on: bool) -> None:
    monkeypatch.setenv("MOLAM_TELEMETRY_ENABLED", word)
    assert Config().telemetry is on
    assert Config(telemetry=not on).telemetry is not on


def test_options_win_over_a_configuration() -> None:
    config = Config(api_key=TEST_KEY, api_base="http://127.0.0.1:1", timeout=3)
    assert Config.resolve(config) is config
    assert Config.resolve(config, timeout=4).timeout == (4.0, 4.0)
    assert Config.resolve(config, api_base="http://127.0.0.1:2").base_url() == "http://127.0.0.1:2"
    assert Config.resolve(config, environment="sandbox").base_url() == "https://sandbox.api.molam.io"
    assert config.base_url() == "http://127.0.0.1:1"
    regional = Config(api_key=LIVE_KEY, environment="production", region="eu-west")
    assert Config.resolve(regional, region="us-east").base_url() == "https://us-east.api.molam.com"
    assert Config.resolve(regional, api_base="https://pay.example").base_url() == "https://pay.example"
    assert Config.resolve(regional, api_base="https://{region}.pay.example").base_url() == "https://eu-west.pay.example"
    template = Config(api_key=LIVE_KEY, api_base="https://{region}.pay.example", region="a")
    assert Config.resolve(template, environment="production").base_url() == "https://a.pay.example"
    with pytest.raises(ConfigurationError, match="api_base and region"):
        Config.resolve(config, region="eu-west")


def test_an_unknown_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="api_token"):
        Config.resolve(api_token="x")
    with pytest.raises(TypeError, match="api_token"):
        Config.resolve(Config(api_key=TEST_KEY), api_token="x")


def test_a_configuration_evolves_and_is_frozen() -> None:
    config = Config(api_key=TEST_KEY, telemetry=False, webhook_secret={"1": "whsec_x"}, event_hooks={"retry": print})
    later = attrs.evolve(config, deadline=5)
    assert (later.deadline, later.api_key, later.telemetry) == (5.0, TEST_KEY, False)
    assert (later.webhook_secret, later.event_hooks) == (config.webhook_secret, config.event_hooks)
    with pytest.raises(ConfigurationError, match="deadline"):
        attrs.evolve(config, deadline=-5)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        config.deadline = 5  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_no_way_of_showing_a_configuration_shows_a_secret() -> None:
    config = Config(
        api_key="sk_test_hunter2hunter2",
        webhook_secret="whsec_hunter2",
        proxy="http://user:hunter2@proxy:3128",
        transport=None,
    )
    several = Config(api_key=TEST_KEY, webhook_secret=["hunter2"])
    named = Config(api_key=TEST_KEY, webhook_secret={"1": "hunter2"})
    shown = [repr(config), str(config), pprint.pformat(config), repr(vars_of(config)), repr(several), repr(named)]
    assert "hunter2" not in " ".join(shown)
    assert "sk_test_***" in repr(config)
    assert "whsec_***" in repr(config)
    assert "api_key=None" in repr(Config())


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_API_BASE", "https://pay.example")
    made = [Config(api_key=TEST_KEY), Config(api_key=TEST_KEY, environment="sandbox")]
    monkeypatch.setenv("MOLAM_API_BASE", "http://127.0.0.1:9")
    monkeypatch.setenv("MOLAM_DEFAULT_LOCALE", "fr")
    monkeypatch.setenv("MOLAM_REGION", "eu-west")
    for config, base in zip(made, ("https://pay.example", "https://sandbox.api.molam.io"), strict=True):
        for later in (attrs.evolve(config, timeout=2), Config.resolve(config, timeout=2)):
            assert (later.base_url(), later.region, later.default_locale) == (base, None, None)


@pytest.mark.parametrize("option", [{"verify": False}, {"api_key": TEST_KEY}, {"api_key": LIVE_KEY}])
def test_whatever_may_become_the_home_region_is_checked(option: dict[str, Any]) -> None:
    elsewhere = "https://sandbox.api.molam.io" if option.get("api_key") == LIVE_KEY else "https://api.molam.com"
    regions = {"home": "http://127.0.0.1:1", "eu-west": elsewhere}
    assert Config(**option, region="home", regions=regions).base_url() == "http://127.0.0.1:1"
    refused(**option, region="auto", regions=regions)


def test_a_home_region_that_only_the_account_names_is_checked() -> None:
    config = Config(
        api_key=LIVE_KEY, verify=False, region="auto", api_base="https://{region}", fallback_regions=["localhost"]
    )
    assert config.base_url("localhost") == "https://localhost"
    with pytest.raises(ConfigurationError, match="verify"):
        config.base_url("elsewhere")


def vars_of(config: Config) -> dict[str, Any]:
    """What a traceback with locals shows."""
    return {
        field.name: getattr(config, field.name)
        for field in attrs.fields(Config)
        if field.name not in ("proxy", "_resolved")
    }


def test_a_configuration_is_copied_as_itself_and_never_pickled() -> None:
    config = Config(api_key=TEST_KEY)
    assert copy.copy(config) is config
    assert copy.deepcopy(config) is config
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(config)


@given(key=st.text() | st.text(alphabet="sk_testlive.jw\r\n"))
def test_any_text_is_a_key_or_a_configuration_error(key: str) -> None:
    try:
        accepted = Config(api_key=key).api_key
    except ConfigurationError:
        return
    assert accepted is not None
    assert accepted.isascii()
    assert accepted.isprintable()
    assert " " not in accepted


@given(base=st.text() | st.from_regex(r"https?://[\w.@:\[\]#?\\/-]*", fullmatch=True))
def test_any_text_is_a_base_or_a_configuration_error(base: str) -> None:
    try:
        accepted = Config(api_key=TEST_KEY, api_base=base).base_url()
    except ConfigurationError:
        return
    assert accepted.isascii()
    assert accepted.lower().startswith(("https://", "http://127.", "http://localhost", "http://[::1]"))
    assert not set("@#? \\") & set(accepted)
