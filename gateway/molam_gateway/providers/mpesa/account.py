"""A configured M-Pesa account: what a merchant sets, and the parts that calls are made of."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from ..configuration import Configuration, ConfigurationError, Setting
from .addresses import check_public_url
from .credential import Credentials, public_key

_EAST_AFRICA = timezone(timedelta(hours=3))
_PEM = r"\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{64,8000}-----END CERTIFICATE-----\s*"
_SWITCH = "on|off"
LIVE_CONFIRM_ABOVE = "1000"
"""Shillings above which a callback's success is confirmed where money is real, unless the merchant says."""
_INITIATOR = ("initiator_name", "initiator_password", "certificate")

SETTINGS = (
    Setting("shortcode", "Paybill number, or the store number of a till", r"[0-9]{5,7}", identity=True),
    Setting("till", "Till number, if payments go to one", r"[0-9]{5,8}", required=False),
    Setting("consumer_key", "Consumer key of the Daraja app", secret=True),
    Setting("consumer_secret", "Consumer secret of the Daraja app", secret=True),
    Setting("passkey", "Passkey of Lipa na M-Pesa Online", secret=True),
    Setting("initiator_name", "User name of the API operator, for payouts and refunds", required=False),
    Setting("initiator_password", "Password of the API operator", secret=True, required=False),
    Setting("certificate", "Safaricom's certificate (PEM) of this environment", _PEM, secret=True, required=False),
    Setting("source_check", "Whether only Safaricom's known addresses may call back", _SWITCH, required=False),
    Setting(
        "confirm_above",
        "Above how many shillings a callback's success is confirmed by a query; 0 confirms each",
        r"[0-9]{1,7}",
        required=False,
    ),
    Setting(
        "c2b",
        "Customer-initiated payments: off, or what happens to them while the gateway is unreachable",
        "off|Completed|Cancelled",
        required=False,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Initiator:
    """Who asks for payouts and refunds."""

    name: str
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A configuration as calls need it."""

    configuration: Configuration
    credentials: Credentials = field(repr=False)

    @property
    def shortcode(self) -> str:
        """The business short code."""
        return self.configuration.setting("shortcode")

    @property
    def till(self) -> str | None:
        """The till, if payments go to one."""
        return self.configuration.settings.get("till") or None

    @property
    def source_check(self) -> bool:
        """Whether callbacks must come from known addresses; with real money they must unless it is switched off."""
        default = "on" if self.configuration.livemode else "off"
        return self.configuration.settings.get("source_check", default) == "on"

    @property
    def confirm_above(self) -> int | None:
        """Minor units above which a success told by a callback is confirmed by a query; None confirms none."""
        default = LIVE_CONFIRM_ABOVE if self.configuration.livemode else None
        shillings = self.configuration.settings.get("confirm_above", default)
        return None if not shillings else int(shillings) * 100

    @property
    def c2b(self) -> str | None:
        """What happens to payments while validation is unreachable, None if customers do not pay by themselves."""
        choice = self.configuration.settings.get("c2b", "off")
        return None if choice == "off" else choice

    @property
    def basic(self) -> tuple[str, str]:
        """Consumer key and secret."""
        return self.configuration.secret("consumer_key"), self.configuration.secret("consumer_secret")

    def stamp(self, now: datetime) -> dict[str, str]:
        """The members that authenticate an STK call: East Africa Time, and the password made with it."""
        timestamp = now.astimezone(_EAST_AFRICA).strftime("%Y%m%d%H%M%S")
        plain = f"{self.shortcode}{self.configuration.secret('passkey')}{timestamp}"
        return {
            "BusinessShortCode": self.shortcode,
            "Password": base64.b64encode(plain.encode()).decode(),
            "Timestamp": timestamp,
        }

    def initiator(self) -> Initiator:
        """Who asks for payouts and refunds. Raises ConfigurationError if that is not configured."""
        password, certificate = (
            self.configuration.secret("initiator_password"),
            self.configuration.secret("certificate"),
        )
        return Initiator(self.configuration.setting("initiator_name"), self.credentials.of(certificate, password))


def check(settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
    """Look at what the patterns of the settings cannot tell. Raises ConfigurationError."""
    check_public_url(public_url)
    given = [name for name in _INITIATOR if settings.get(name) or secrets.get(name)]
    missing = [name for name in _INITIATOR if name not in given]
    if given and missing:
        raise ConfigurationError(f"{missing[0]}: {', '.join(_INITIATOR)} belong together: give all of them or none")
    certificate = secrets.get("certificate")
    if certificate:
        longest = public_key(certificate).key_size // 8 - 11
        if len(secrets["initiator_password"].encode()) > longest:
            raise ConfigurationError(f"initiator_password: the certificate's key encrypts {longest} bytes at most")
