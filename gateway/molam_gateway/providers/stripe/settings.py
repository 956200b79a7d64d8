"""What a merchant tells of their Stripe account."""

from ..configuration import Setting

SECRET_KEY = "secret_key"  # noqa: S105 - a member's name
WEBHOOK_SECRETS = "webhook_secrets"
ACCOUNT = "account"
API_VERSION = "api_version"
PINNED_VERSION = "2025-09-30.clover"
"""The version of Stripe's API that this adapter was written for."""

_WEBHOOK_SECRET = r"whsec_[A-Za-z0-9+/=_-]{6,250}"  # noqa: S105 - a pattern

SETTINGS = (
    Setting(
        SECRET_KEY,
        "The secret key, or a restricted key that may write PaymentIntents and refunds and read the account.",
        pattern=r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,250}",
        secret=True,
    ),
    Setting(
        WEBHOOK_SECRETS,
        "The signing secret of the webhook endpoint; two with a comma between them while it is rolled.",
        pattern=f"{_WEBHOOK_SECRET}(?:,{_WEBHOOK_SECRET}){{0,3}}",
        secret=True,
        required=False,
    ),
    Setting(ACCOUNT, "The account's id.", pattern=r"acct_[A-Za-z0-9]{3,64}", identity=True),
    Setting(
        API_VERSION,
        f"The version of Stripe's API, {PINNED_VERSION} if it is not given.",
        pattern=r"\d{4}-\d{2}-\d{2}(?:\.[a-z]{1,32})?",
        required=False,
    ),
)
