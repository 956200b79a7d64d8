"""The settings are checked when they are used, name what is wrong, and never show a value."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.views.debug import SafeExceptionReporterFilter

from molam_api.event_types import EVENT_OBJECTS
from molam_sdk import errors
from molam_sdk.contrib import django as integration
from molam_sdk.contrib.django import SettingsError, client, inbox, signals
from molam_sdk.contrib.django._settings import read_settings

CANARY = "canary7c1e55"
GOOD: dict[str, Any] = {"API_KEY": f"sk_test_{CANARY}", "WEBHOOK_SECRET": f"whsec_{CANARY}", "JOURNAL": False}


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"API_KEI": "x"}, "no member 'API_KEI'; did you mean 'API_KEY'"),
        ({"TIMEOUT": "soon"}, "timeout"),
        ({"API_KEY": f"pk_{CANARY}"}, "api_key"),
        ({"DATABASE": "nowhere"}, "alias in DATABASES"),
        ({"JOURNAL": "yes"}, "True or False"),
        ({"WEBHOOK_SECRET": "whsec_1", "WEBHOOK_TENANTS": {"a": "whsec_2"}}, "give one of them"),
        ({"WEBHOOK_SECRET": None, "WEBHOOK_TENANTS": "no.such.function"}, "dotted path"),
        ({"ENCRYPTION_KEYS": [CANARY]}, "Fernet"),
        ({"WEBHOOK_ATTEMPTS": 0}, "attempts"),
        ({1: 2}, "must be strings"),
    ],
)
def test_what_cannot_work_is_named(members: dict[Any, Any], words: str) -> None:
    with override_settings(MOLAM={**GOOD, **members}), pytest.raises(errors.ConfigurationError, match=words) as caught:
        inbox()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True, limit=-6)
    frames = [frame for frame in shown.stack if "molam_sdk" in frame.filename]
    assert frames
    assert not any(CANARY in value for frame in frames for value in (frame.locals or {}).values())
    assert CANARY not in str(caught.value)


def test_an_error_is_of_both_kinds() -> None:
    with override_settings(MOLAM="x"), pytest.raises(ImproperlyConfigured, match="must be a dict") as caught:
        client()
    assert isinstance(caught.value, SettingsError)
    assert isinstance(caught.value, errors.MolamError)


def test_single_settings_do_as_well() -> None:
    with override_settings(MOLAM={"JOURNAL": False}, MOLAM_API_KEY="sk_test_1", MOLAM_TIMEOUT=7):
        assert client().config.timeout == (7.0, 7.0)
    with (
        override_settings(MOLAM={"TIMEOUT": 3}, MOLAM_TIMEOUT=7),
        pytest.raises(SettingsError, match="TIMEOUT is given twice"),
    ):
        client()


def test_what_is_not_set_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_API_KEY", "sk_test_env")
    with override_settings(MOLAM={"JOURNAL": False}):
        assert client().config.livemode is False
    monkeypatch.delenv("MOLAM_API_KEY")
    with override_settings(MOLAM={"JOURNAL": False}), pytest.raises(errors.ConfigurationError, match="no API key"):
        client()


def test_secrets_are_in_no_repr_and_hidden_by_django() -> None:
    keys = {"ENCRYPTION_KEYS": ["Gm0wM2fR3nQ2oO5yYl0m0mN0s0hQm1eKZkz3mZbN0a8="], "MTLS_KEY": CANARY}
    with override_settings(MOLAM={**GOOD, **keys}, MOLAM_X_SECRET=CANARY):
        safe = SafeExceptionReporterFilter().get_safe_settings()
        assert settings.MOLAM["API_KEY"].endswith(CANARY)
        assert CANARY not in repr(safe)
        assert "Gm0w" not in repr(safe)
    with override_settings(MOLAM=GOOD):
        assert CANARY not in repr(read_settings()) + repr(client())


def test_there_is_a_signal_for_each_type_of_event() -> None:
    assert set(signals.BY_TYPE) == set(EVENT_OBJECTS)
    for event_type, signal in signals.BY_TYPE.items():
        assert getattr(signals, event_type.replace(".", "_")) is signal


def test_the_public_names_are_there() -> None:
    assert all(getattr(integration, name) for name in integration.__all__)
    assert dir(integration) == sorted(integration.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = integration.nothing
