"""A merchant as Safaricom knows it, and the rules that can be switched."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Merchant:
    """An app on Daraja with its short code, its API operator and the money in its utility account (shillings).

    `validates` says that payments which customers begin are put to the validation address first.
    """

    consumer_key: str = "simulated-key"
    consumer_secret: str = field(default="simulated-secret", repr=False)
    shortcode: str = "174379"
    till: str | None = None
    passkey: str = field(default="simulated-passkey", repr=False)
    initiator_name: str = "testapi"
    initiator_password: str = field(default="Safaricom999!", repr=False)
    utility: int = 1_000_000
    validates: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What this Daraja enforces.

    `calls_per_second` is what one app may do before its spike is arrested, None for as much as it likes. With
    `numbers_only` phone numbers that are no JSON numbers are accepted and end in 1037, as one source reports.
    """

    calls_per_second: int | None = None
    token_lifetime: int = 3599
    numbers_only: bool = False
    merchants: Sequence[Merchant] = (Merchant(),)
