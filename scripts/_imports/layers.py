"""The layers of the project: which modules belong to each, and what each may import."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

OUTSIDE_WORLD = frozenset(
    {
        "asyncio", "ftplib", "http.client", "http.server", "multiprocessing", "select", "selectors", "smtplib",
        "socket", "socketserver", "ssl", "subprocess", "time.sleep", "urllib.request",
    }
)  # fmt: skip


# What a module may name under TYPE_CHECKING, whatever its layer: the types of its own distribution.
OWN_TYPES = {
    "molam_api": ("molam_api",),
    "molam_sdk": ("molam_api", "molam_sdk"),
    "molam_gateway": ("molam_gateway",),
}


@dataclass(frozen=True)
class Layer:
    """Modules under one rule; a name stands for the module and everything below it.

    `seams` are what may be imported although `may_not_import` covers it.
    """

    name: str
    modules: tuple[str, ...]
    may_import: tuple[str, ...]
    may_not_import: tuple[str, ...] = ()
    seams: tuple[str, ...] = ()
    forbidden_stdlib: frozenset[str] = frozenset()

    def holds(self, module: str) -> bool:
        return _among(module, self.modules)

    def allows(self, imported: str) -> bool:
        if _among(imported, self.seams):
            return True
        return _among(imported, self.may_import) and not _among(imported, self.may_not_import)

    def forbids_stdlib(self, imported: str) -> bool:
        return _among(imported, tuple(self.forbidden_stdlib))


def _among(module: str, names: tuple[str, ...]) -> bool:
    return any(fnmatchcase(module, name) or fnmatchcase(module, f"{name}.*") for name in names)


_SHELLS = (
    "molam_sdk._network.adapter",
    "molam_sdk._calls.async_caller",
    "molam_sdk._async_client",
    "molam_sdk._network.async_connection",
    "molam_sdk._network.async_dial",
    "molam_sdk._network.async_home",
    "molam_sdk._calls.async_settling",
    "molam_sdk._calls.async_waiting",
    "molam_sdk._network.async_slots",
    "molam_sdk._network.async_wire",
    "molam_sdk._calls.caller",
    "molam_sdk._network.channel",
    "molam_sdk._client",
    "molam_sdk._network.connection",
    "molam_sdk._network.dial",
    "molam_sdk._network.httpx_wire",
    "molam_sdk._options.keywords",
    "molam_sdk._network.peer",
    "molam_sdk._network.plugged",
    "molam_sdk._network.proxy",
    "molam_sdk._network.readiness",
    "molam_sdk._network.home",
    "molam_sdk._network.resolve",
    "molam_sdk._network.sealed",
    "molam_sdk._calls.settling",
    "molam_sdk._calls.waiting",
    "molam_sdk._network.slots",
    "molam_sdk._network.tls",
    "molam_sdk._network.wire",
    "molam_sdk._realtime.async_connection",
    "molam_sdk._realtime.async_feed",
    "molam_sdk._realtime.connection",
    "molam_sdk._realtime.feed",
    "molam_sdk._realtime.target",
    "molam_sdk.transports",
)
_UPPER = ("molam_sdk.cli", "molam_sdk.contrib", "molam_sdk.durable", "molam_sdk.resources", "molam_sdk.testing")
# What app.py puts together and every shell is handed.
_GATEWAY_SEAMS = tuple(
    f"molam_gateway.{name}" for name in ("clock", "failpoints", "services", "settings", "telemetry", "vault")
)
_OPERATIONS_MAY_IMPORT = (
    "molam_gateway.access",
    "molam_gateway.domain",
    "molam_gateway.operations",
    "molam_gateway.providers.configuration",
    "molam_gateway.providers.contract",
    "molam_gateway.providers.departure",
    "molam_gateway.providers.inbound",
    "molam_gateway.storage",
    *_GATEWAY_SEAMS,
)

# The first layer that holds a module decides, so the last of each distribution takes whatever is not named.
LAYERS = (
    Layer("generated", ("molam_api",), ("molam_api", "httpx", "attrs", "attr", "dateutil", "typing_extensions")),
    Layer("the front door of the SDK", ("molam_sdk.__init__",), ("molam_sdk",)),
    Layer(
        "overlay: cli",
        ("molam_sdk.cli",),
        ("molam_sdk", "attrs", "httpx", "rich", "typer"),
        may_not_import=("molam_sdk._*",),
        # What the API has, for completion and for `molam doctor`.
        seams=("molam_api.event_types", "molam_api.operations"),
    ),
    Layer(
        "overlay/contrib",
        ("molam_sdk.contrib",),
        ("molam_sdk", "[!m]*"),
        may_not_import=("molam_sdk._*", "molam_sdk.durable._*"),
        seams=("molam_sdk._front_door", "molam_sdk.contrib.django._*", "molam_api.event_types"),
    ),
    Layer(
        "overlay: durable, testing",
        ("molam_sdk.durable", "molam_sdk.testing"),
        ("molam_sdk", "[!m]*"),
        may_not_import=("molam_sdk._*",),
        # Their methods are public too: what leaves them by an exception must be stripped in the one way there is.
        seams=(
            "molam_sdk._front_door",
            "molam_sdk._guard",
            "molam_sdk._redaction",
            "molam_api.event_types",
            "molam_api.operations",
        ),
    ),
    Layer(
        "overlay/resources",
        ("molam_sdk.resources",),
        ("molam_api", "molam_sdk", "dateutil"),
        may_not_import=(*_SHELLS, "molam_sdk.durable", "molam_sdk.contrib", "molam_sdk.cli", "molam_sdk.testing"),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer(
        "overlay: clients and wire",
        _SHELLS,
        ("molam_sdk", "molam_api", "httpx", "certifi", "attrs", "websockets"),
    ),
    Layer(
        "overlay: HTTP/1.1 without I/O",
        ("molam_sdk._network.http11",),
        ("molam_sdk", "h11"),
        may_not_import=(*_SHELLS, *_UPPER),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer(
        "overlay: what shows httpx's types",
        ("molam_sdk._options.keywords", "molam_sdk._calls.raw"),
        ("molam_sdk", "httpx"),
        may_not_import=(*_SHELLS, *_UPPER),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer(
        "overlay: what reads generated models",
        (
            "molam_sdk._webhooks.event",
            "molam_sdk._calls.operation",
            "molam_sdk._calls.pagination",
            "molam_sdk._calls.question",
            "molam_sdk._calls.raw_lists",
            "molam_sdk._realtime.frames",
            "molam_sdk._webhook_methods",
            "molam_sdk.realtime",
            "molam_sdk.webhooks",
        ),
        ("molam_api", "molam_sdk", "attrs", "dateutil"),
        may_not_import=(*_SHELLS, *_UPPER),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer("overlay: amounts as people write them", ("molam_sdk._babel",), ("molam_sdk", "babel")),
    Layer(
        "overlay: decisions",
        ("molam_sdk",),
        ("molam_sdk", "attrs", "dateutil"),
        may_not_import=(*_SHELLS, *_UPPER),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer(
        "gateway/domain",
        ("molam_gateway.domain",),
        ("molam_gateway.domain",),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer(
        "gateway/access",
        ("molam_gateway.access",),
        (
            "molam_gateway.access",
            "molam_gateway.domain",
            "molam_gateway.storage",
            *_GATEWAY_SEAMS,
            "cryptography",
            "jwt",
            "limits",
            "redis",
        ),
    ),
    Layer(
        "gateway/telemetry",
        ("molam_gateway.telemetry",),
        ("molam_gateway.domain", "molam_gateway.telemetry", "opentelemetry", "prometheus_client"),
    ),
    Layer(
        "gateway/http",
        ("molam_gateway.http",),
        (
            "molam_gateway.access",
            "molam_gateway.domain",
            "molam_gateway.http",
            "molam_gateway.storage",
            *_GATEWAY_SEAMS,
            "jsonschema_rs",
            "starlette",
            "uvicorn",
        ),
    ),
    Layer(
        "gateway/admin",
        ("molam_gateway.admin",),
        (
            "molam_gateway.access.allowance",
            "molam_gateway.admin",
            "molam_gateway.domain",
            "molam_gateway.http.auth",
            "molam_gateway.http.origin",
            "molam_gateway.operations",
            "molam_gateway.providers.contract",
            "molam_gateway.storage",
            *_GATEWAY_SEAMS,
            "jinja2",
            "starlette",
        ),
    ),
    Layer(
        "gateway/storage",
        ("molam_gateway.storage",),
        ("molam_gateway.domain", "molam_gateway.storage", "alembic", "sqlalchemy", "psycopg", "psycopg_pool"),
    ),
    Layer(
        "gateway/providers/contract",
        tuple(f"molam_gateway.providers.{name}" for name in ("contract", "configuration", "departure", "inbound")),
        tuple(f"molam_gateway.{name}" for name in ("domain", "providers.configuration", "providers.inbound")),
    ),
    Layer(
        "gateway/providers/simulators: M-Pesa",
        ("molam_gateway.providers.simulators.mpesa",),
        ("molam_gateway.domain", "molam_gateway.providers.simulators", "cryptography", "starlette"),
    ),
    Layer(
        "gateway/providers/simulators",
        ("molam_gateway.providers.simulators",),
        ("molam_gateway.domain", "molam_gateway.providers", "molam_gateway.storage.port", "aiohttp", "starlette"),
    ),
    Layer(
        "gateway/providers: M-Pesa",
        ("molam_gateway.providers.mpesa",),
        ("molam_gateway.domain", "molam_gateway.providers", "cryptography"),
        may_not_import=("molam_gateway.providers.simulators",),
    ),
    Layer(
        "gateway/providers",
        ("molam_gateway.providers",),
        ("molam_gateway.domain", "molam_gateway.providers", "aiohttp"),
    ),
    Layer(
        "gateway/realtime",
        ("molam_gateway.realtime",),
        (
            "molam_gateway.access",
            "molam_gateway.domain",
            "molam_gateway.realtime",
            "molam_gateway.storage",
            *_GATEWAY_SEAMS,
            "redis",
            "starlette",
        ),
    ),
    Layer(
        "gateway/delivery",
        ("molam_gateway.delivery",),
        (
            "molam_gateway.domain",
            "molam_gateway.delivery",
            "molam_gateway.operations.auditing",
            "molam_gateway.storage",
            *_GATEWAY_SEAMS,
            "aiohttp",
            "yarl",
        ),
    ),
    Layer(
        "gateway/operations: the sandbox's controls",
        ("molam_gateway.operations.sandbox_*",),
        (
            *_OPERATIONS_MAY_IMPORT,
            "molam_gateway.providers.cpay",
            "molam_gateway.providers.simulators",
            "molam_gateway.worker",
        ),
    ),
    Layer("gateway/operations", ("molam_gateway.operations",), _OPERATIONS_MAY_IMPORT),
    Layer(
        "gateway: what assembles it",
        ("molam_gateway",),
        ("molam_gateway", "aiohttp", "alembic", "cryptography", "sqlalchemy", "starlette", "uvicorn", "uvloop"),
    ),
)
