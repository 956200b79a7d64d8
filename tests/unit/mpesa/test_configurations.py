"""What can be configured, who is believed, and what nobody gets to see."""

import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from molam_gateway.domain.provider_configurations import Environment, environments
from molam_gateway.live_providers import live_providers
from molam_gateway.providers.configuration import Configuration, ConfigurationError
from molam_gateway.providers.inbound import ForgedError, MayPay, Message, News
from molam_gateway.providers.mpesa import MemoryTokens
from molam_gateway.providers.mpesa.account import SETTINGS
from molam_gateway.providers.mpesa.addresses import SOURCES
from molam_gateway.providers.mpesa.callbacks import acknowledge
from molam_gateway.providers.mpesa.credential import Credentials
from molam_gateway.providers.simulators.book import Book
from molam_gateway.providers.simulators.mpesa import keys
from molam_gateway.providers.simulators.mpesa.keys import Keys

from .bench import Bench

pytestmark = pytest.mark.anyio


def test_the_settings_fit_their_patterns(bench: Bench) -> None:
    given = {**bench.configuration.settings, **bench.configuration.secrets}
    for setting in SETTINGS:
        if setting.name in given:
            assert re.fullmatch(setting.pattern, given[setting.name]), setting.name
    assert {setting.name for setting in SETTINGS if setting.identity} == {"shortcode"}
    assert {setting.name for setting in SETTINGS if setting.required} == {
        "shortcode",
        "consumer_key",
        "consumer_secret",
        "passkey",
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://mpesa.example",
        "https://pay.M-Pesa.example",
        "https://safaricom-pay.example",
        "https://pay.example/exec",
        "https://cmd.example",
        "https://mysql.example",
        "https://pay.example/Query",
        "http://pay.example",
        "http://10.0.0.1",
        "http://[2001:db8::1]",
    ],
)
def test_addresses_that_daraja_refuses_are_refused_before(bench: Bench, url: str) -> None:
    with pytest.raises(ConfigurationError, match="public_url"):
        bench.adapter.check(bench.configuration.settings, bench.configuration.secrets, url)


@pytest.mark.parametrize(
    "url", ["https://pay.example", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"]
)
def test_other_addresses_will_do(bench: Bench, url: str) -> None:
    bench.adapter.check(bench.configuration.settings, bench.configuration.secrets, url)


@pytest.mark.parametrize("missing", ["initiator_name", "initiator_password", "certificate"])
def test_an_initiator_is_whole_or_not_there(bench: Bench, missing: str) -> None:
    settings, secrets = dict(bench.configuration.settings), dict(bench.configuration.secrets)
    settings.pop(missing, None)
    secrets.pop(missing, None)
    with pytest.raises(ConfigurationError, match=missing):
        bench.adapter.check(settings, secrets, "https://pay.example")
    for name in ("initiator_name", "initiator_password", "certificate"):
        settings.pop(name, None)
        secrets.pop(name, None)
    bench.adapter.check(settings, secrets, "https://pay.example")


def test_certificates_are_looked_at(bench: Bench) -> None:
    for wrong in ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "x"):
        secrets = {**bench.configuration.secrets, "certificate": wrong}
        with pytest.raises(ConfigurationError, match="certificate"):
            bench.adapter.check(bench.configuration.settings, secrets, "https://pay.example")


def test_a_password_that_the_key_cannot_hold_is_refused(bench: Bench) -> None:
    secrets = {**bench.configuration.secrets, "initiator_password": "x" * 246}
    with pytest.raises(ConfigurationError, match="245 bytes"):
        bench.adapter.check(bench.configuration.settings, secrets, "https://pay.example")


def test_the_credential_is_made_once_and_opens(bench: Bench) -> None:
    credentials = Credentials()
    own = Keys(Book())
    made = credentials.of(own.certificate, "Safaricom999!")
    assert credentials.of(own.certificate, "Safaricom999!") == made
    assert own.decrypted(made) == "Safaricom999!"
    other = credentials.of(own.certificate, "other")
    assert own.decrypted(other) == "other"
    assert own.decrypted("AAAA") is None


def test_a_configured_certificate_outlives_the_process_of_its_simulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Payouts of a sandbox go on after a restart: nobody configures it anew."""
    before = Keys(Book(tmp_path / "mpesa.book"))
    sent = Credentials().of(before.certificate, "Safaricom999!")
    of_another_process = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    monkeypatch.setattr(keys, "_given", [of_another_process])
    after = Keys(Book(tmp_path / "mpesa.book"))
    assert after.certificate == before.certificate
    assert after.decrypted(sent) == "Safaricom999!"
    assert Keys(Book()).decrypted(sent) is None


def test_only_rsa_keys_encrypt() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(ConfigurationError):
        Credentials().of(public.decode(), "x")


@pytest.mark.parametrize("address", [*sorted(SOURCES), "::ffff:196.201.214.200"])
def test_the_known_addresses_are_believed(bench: Bench, address: str) -> None:
    configuration = replace(bench.configuration, settings={**bench.configuration.settings, "source_check": "on"})
    bench.adapter.verify(Message(b"{}", remote=address, kind="s"), configuration)


@pytest.mark.parametrize("address", [None, "", "196.201.214.201", "127.0.0.1", "nonsense", "::1"])
def test_other_addresses_are_not_believed_if_that_is_asked_for(bench: Bench, address: str | None) -> None:
    message = Message(b"{}", remote=address, kind="s")
    bench.adapter.verify(message, bench.configuration)
    configuration = replace(bench.configuration, settings={**bench.configuration.settings, "source_check": "on"})
    with pytest.raises(ForgedError):
        bench.adapter.verify(message, configuration)


@pytest.mark.parametrize(("kind", "body"), [(None, b"{}"), ("x", b"{}"), ("s", b"[]"), ("s", b"")])
def test_what_has_not_even_the_shape_is_forged(bench: Bench, kind: str | None, body: bytes) -> None:
    with pytest.raises(ForgedError):
        bench.adapter.verify(Message(body, kind=kind), bench.configuration)


def test_acknowledgements() -> None:
    question = MayPay(100, "KES", "X")
    assert acknowledge(None, accepted=True).body["ResultCode"] == 0
    assert acknowledge(question, accepted=True).body == {"ResultCode": "0", "ResultDesc": "Accepted"}
    assert acknowledge(question, accepted=False).body == {"ResultCode": "C2B00012", "ResultDesc": "Rejected"}


async def test_nothing_secret_is_said(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = [repr(bench.adapter), repr(bench.configuration)]
    charge, payout = bench.charge(), bench.payout()
    said += [repr(await bench.send(charge)), repr(await bench.send(payout))]
    await bench.advance(5)
    said += [repr(bench.news(charge)), repr(bench.news(payout)), repr(bench.mailbox.messages)]
    for status, code, message in ((400, "400.002.02", "Bad Request - Invalid PhoneNumber"), (500, "500.001.1001", "x")):
        bench.refuse(status, code, message)
        said.append(repr(await bench.send(bench.charge())))
    bench.arm("reset", times=3)
    said.append(repr(await bench.send(bench.payout())))
    everything = "\n".join(said) + caplog.text
    phone = str((charge.customer or {})["phone"])
    for secret in (*bench.configuration.secrets.values(), phone, phone[1:]):
        assert secret not in everything


def test_what_the_provider_is(bench: Bench) -> None:
    adapter = bench.adapter
    assert (adapter.name, adapter.knows("pm_mpesa"), adapter.knows("pm_cpay_ok")) == ("mpesa", True, False)
    assert adapter.base_url(livemode=True) == "https://api.safaricom.co.ke"
    assert adapter.base_url(livemode=False) == bench.served.url
    assert adapter.capabilities.partial_refund is False


def live(bench: Bench, **settings: str) -> Configuration:
    return replace(bench.configuration, livemode=True, settings={**bench.configuration.settings, **settings})


def test_with_real_money_only_the_known_addresses_are_believed_unless_it_is_switched_off(bench: Bench) -> None:
    for address in (None, "203.0.113.9", "127.0.0.1"):
        message = Message(b"{}", remote=address, kind="s")
        with pytest.raises(ForgedError):
            bench.adapter.verify(message, live(bench))
        bench.adapter.verify(message, live(bench, source_check="off"))
    bench.adapter.verify(Message(b"{}", remote=min(SOURCES), kind="s"), live(bench))


@pytest.mark.parametrize(
    ("settings", "amount", "believed"),
    [
        ({}, 100_000, True),
        ({}, 100_100, False),
        ({"confirm_above": "5"}, 600, False),
        ({"confirm_above": "9999999"}, 100_100, True),
    ],
)
def test_with_real_money_large_payments_are_confirmed(
    bench: Bench, settings: dict[str, str], amount: int, believed: bool
) -> None:
    items = [
        {"Name": "Amount", "Value": amount / 100},
        {"Name": "MpesaReceiptNumber", "Value": "R1"},
        {"Name": "PhoneNumber", "Value": 254712345678},
    ]
    told = {"CheckoutRequestID": "ws_CO_1", "ResultCode": 0, "CallbackMetadata": {"Item": items}}
    message = Message(json.dumps({"Body": {"stkCallback": told}}).encode(), kind="s")
    (news,) = bench.adapter.read(message, live(bench, **settings))
    assert isinstance(news, News)
    assert (news.outcome is not None, news.transaction_id, news.amount) == (believed, "R1", amount)


def test_payments_of_live_mode_go_to_the_real_daraja() -> None:
    providers = live_providers(lambda: datetime.now(UTC), MemoryTokens())
    assert providers.get("mpesa").base_url(livemode=True) == "https://api.safaricom.co.ke"
    assert (providers.default, providers.simulated, "cpay" in providers.by_name) == (None, {}, False)
    assert environments(livemode=True) == (Environment.LIVE,)


@pytest.mark.parametrize("missing", ["initiator_name", "initiator_password", "certificate"])
def test_the_credentials_of_payouts_are_given_together_or_not_at_all(bench: Bench, missing: str) -> None:
    settings = {name: value for name, value in bench.configuration.settings.items() if name != missing}
    secrets = {name: value for name, value in bench.configuration.secrets.items() if name != missing}
    with pytest.raises(ConfigurationError, match=f"{missing}: .* belong together"):
        bench.adapter.check(settings, secrets, "https://pay.example")
    payouts = {"initiator_name", "initiator_password", "certificate"}
    bench.adapter.check(
        {name: value for name, value in settings.items() if name not in payouts},
        {name: value for name, value in secrets.items() if name not in payouts},
        "https://pay.example",
    )
