"""The environment variables that the command reads."""

from collections.abc import Mapping

KEY = "MOLAM_GATEWAY_KEY"
DATABASE = "MOLAM_GATEWAY_DATABASE"
PUBLIC_URL = "MOLAM_GATEWAY_PUBLIC_URL"
API_KEY = "MOLAM_GATEWAY_API_KEY"
WEBHOOK_SECRET = "MOLAM_GATEWAY_WEBHOOK_SECRET"  # noqa: S105 - a variable's name


def encryption_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The keys in MOLAM_GATEWAY_KEY, separated by commas."""
    return tuple(key.strip() for key in environment.get(KEY, "").split(",") if key.strip())
