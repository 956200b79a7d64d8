"""Settings come from the environment, each with a clear error, and are shown without secrets."""

import string
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway import environment
from molam_gateway.cli import main
from molam_gateway.configuration import (
    SettingError,
    changes,
    example,
    livemode_from,
    settings_from,
    shown,
    unknown,
    variable,
)
from molam_gateway.settings import SAYS, Settings

EXAMPLE = Path(__file__).parents[3] / "gateway" / "molam-gateway.env.example"
NAMES = [each.name for each in fields(Settings) if each.name != "livemode"]


def test_nothing_set_is_the_sandbox() -> None:
    assert settings_from({}) == Settings()


def test_a_setting_can_be_given_by_its_name() -> None:
    given = changes(["realtime_queue=512", "realtime_origins=https://a.example,https://b.example"])
    read = settings_from(given)
    assert (read.realtime_queue, read.realtime_origins) == (512, ("https://a.example", "https://b.example"))


@pytest.mark.parametrize(
    ("pair", "words"), [("realtime_que=1", "is it realtime_queue"), ("x", "prints them all"), ("livemode=true", "NAME")]
)
def test_what_is_no_setting_is_refused_with_the_nearest_name(pair: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        changes([pair])


def test_live_mode_limits_and_waits() -> None:
    live = settings_from({}, livemode=True)
    assert (live.livemode, live.delivery_timeout, live.connect_timeout) == (True, 15.0, 5.0)
    assert live.rate_limits == {
        "read": "100/second",
        "write": "50/second",
        "auth": "20/minute",
        "refused": "30/minute",
        "flood": "300/minute",
    }
    assert settings_from({"MOLAM_GATEWAY_RATE_LIMITS": "none"}, livemode=True).rate_limits == {}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_body_bytes", "2000", 2000),
        ("delivery_timeout", "7.5", 7.5),
        ("validate_responses", "TRUE", True),
        ("accept_unmatched_payments", "off", False),
        ("public_url", "https://pay.example.com/", "https://pay.example.com"),
        ("public_url", "http://127.0.0.1:9", "http://127.0.0.1:9"),
        ("hosts", "Gateway, 10.1.2.3,[fd00::1]", ("gateway", "10.1.2.3", "[fd00::1]")),
        ("trusted_proxies", "10.0.0.0/8, ::1", ("10.0.0.0/8", "::1")),
        ("cors_origins", "https://a.example,https://b.example:8443", ("https://a.example", "https://b.example:8443")),
        ("rate_limits", "read=5/second, write=3/minute", {"read": "5/second", "write": "3/minute"}),
        ("redis", "redis://:hush@127.0.0.1/1", "redis://:hush@127.0.0.1/1"),
        ("doc_url", " https://docs.example/ ", "https://docs.example/"),
        ("redis", "", None),
    ],
)
def test_values_that_can_be(name: str, text: str, value: object) -> None:
    assert getattr(settings_from({variable(name): text}), name) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("max_body_bytes", "1e6", "whole number"),
        ("max_body_bytes", "0", "above 0"),
        ("database_connections", "1", "from 2"),
        ("idempotency_retention", "60", "from 86400"),
        ("delivery_timeout", "nan", "seconds"),
        ("delivery_timeout", "-1", "seconds"),
        ("validate_responses", "maybe", "true or false"),
        ("public_url", "pay.example.com", "https://pay.example.com"),
        ("public_url", "https://pay.example.com/base", "nothing else"),
        ("public_url", "http://pay.example.com", "loopback only"),
        ("hosts", "gateway:8080", "without a port"),
        ("hosts", "*", "no host"),
        ("trusted_proxies", "10.0.0.1/8", "no network"),
        ("trusted_proxies", "proxy.internal", "no network"),
        ("cors_origins", "*", "https://shop.example"),
        ("cors_origins", "https://*.shop.example", "https://shop.example"),
        ("cors_origins", "null", "https://shop.example"),
        ("rate_limits", "read=lots", "100/second"),
        ("rate_limits", "reads=1/second", "there are read"),
        ("redis", "hush@host", "redis://"),
    ],
)
def test_values_that_cannot_be_name_the_variable_and_the_remedy(name: str, text: str, words: str) -> None:
    with pytest.raises(SettingError) as refused:
        settings_from({variable(name): text})
    assert str(refused.value).startswith(variable(name))
    assert words in str(refused.value)
    assert "hush" not in str(refused.value)


@given(st.sampled_from(NAMES), st.text(string.printable, max_size=20))
def test_any_text_is_read_or_refused_by_name(name: str, text: str) -> None:
    failure = variable(name)
    try:
        settings_from({variable(name): text})
    except SettingError as error:
        failure = str(error)
    assert variable(name) in failure


def test_the_mode_is_one_of_two() -> None:
    assert [livemode_from({environment.MODE: text}) for text in ("", "sandbox", "live")] == [False, False, True]
    with pytest.raises(SettingError, match="MOLAM_GATEWAY_MODE='prod': write live or sandbox"):
        livemode_from({environment.MODE: "prod"})


def test_misspelt_variables_are_found() -> None:
    given_ = {"MOLAM_GATEWAY_RATE_LIMTS": "", "MOLAM_GATEWAY_KEY": "", variable("redis"): "", "HOME": ""}
    assert unknown(given_) == ["MOLAM_GATEWAY_RATE_LIMTS"]


def test_what_is_shown_can_be_read_again() -> None:
    live = settings_from({variable("trusted_proxies"): "10.0.0.0/8,::1"}, livemode=True)
    assert settings_from({name: value for name, value, _ in shown(live)}, livemode=True) == live


def test_the_example_file_tells_every_setting() -> None:
    assert EXAMPLE.read_text("utf-8") == example(), "molam-gateway settings --example writes it"
    assert all(each.metadata[SAYS] for each in fields(Settings))
    assert set(environment.LAUNCH) <= {line[1:].split("=")[0] for line in example().splitlines()}


def test_the_command_masks_secrets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = {
        environment.KEY: "planted-key",
        environment.DATABASE: "postgresql://me:planted-password@host/x",
        environment.API_KEY: "sk_test_planted",
        environment.WEBHOOK_SECRET: "whsec_planted",
        variable("redis"): "redis://:planted@host",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    assert main(["settings"]) == 0
    output = capsys.readouterr().out
    assert "planted" not in output
    assert {f"{name}=[set]" for name in secrets} <= set(output.splitlines())
    monkeypatch.setenv(variable("max_deadline"), "soon")
    assert main(["settings"]) == 2
    assert "MOLAM_GATEWAY_MAX_DEADLINE" in capsys.readouterr().err
