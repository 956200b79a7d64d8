"""The environment variables about how the gateway is started; `configuration` reads those of the settings."""

from collections.abc import Mapping

PREFIX = "MOLAM_GATEWAY_"
KEY = "MOLAM_GATEWAY_KEY"
DATABASE = "MOLAM_GATEWAY_DATABASE"
PUBLIC_URL = "MOLAM_GATEWAY_PUBLIC_URL"
REDIS = "MOLAM_GATEWAY_REDIS"
API_KEY = "MOLAM_GATEWAY_API_KEY"
WEBHOOK_SECRET = "MOLAM_GATEWAY_WEBHOOK_SECRET"  # noqa: S105 - a variable's name
MODE = "MOLAM_GATEWAY_MODE"
LISTEN_HOST = "MOLAM_GATEWAY_LISTEN_HOST"
LISTEN_PORT = "MOLAM_GATEWAY_LISTEN_PORT"
"""Not MOLAM_GATEWAY_PORT: Kubernetes sets that one to a URL where a service is called molam-gateway."""
WORKERS = "MOLAM_GATEWAY_WORKERS"
LOG_FORMAT = "MOLAM_GATEWAY_LOG_FORMAT"
LOG_LEVEL = "MOLAM_GATEWAY_LOG_LEVEL"

LAUNCH: Mapping[str, str] = {
    MODE: "live for real money, sandbox (the default) for a simulated world",
    KEY: "The keys that encrypt what is secret in the database, separated by commas; the first one writes",
    DATABASE: "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; a sandbox without one forgets everything",
    LISTEN_HOST: "The address to listen on (127.0.0.1)",
    LISTEN_PORT: "The port to listen on (8080)",
    WORKERS: "Processes (1); more than one on PostgreSQL only",
    LOG_FORMAT: "text, or json: a line for each record and request; json in live mode without a terminal",
    LOG_LEVEL: "The least that is logged: debug, info (the default), warning or error",
    API_KEY: "The sandbox's test key, sk_test_...; generated without",
    WEBHOOK_SECRET: "What the sandbox's new webhook endpoints sign with, whsec_...; generated without",
}
"""The variables that are no settings, with what they are about."""

SECRETS = frozenset({KEY, DATABASE, API_KEY, WEBHOOK_SECRET})


def encryption_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The keys in MOLAM_GATEWAY_KEY, separated by commas."""
    return tuple(key.strip() for key in environment.get(KEY, "").split(",") if key.strip())
