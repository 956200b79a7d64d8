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
    """Modules under one rule; a name stands for the module and everything below it."""

    name: str
    modules: tuple[str, ...]
    may_import: tuple[str, ...]
    may_not_import: tuple[str, ...] = ()
    forbidden_stdlib: frozenset[str] = frozenset()

    def holds(self, module: str) -> bool:
        return _among(module, self.modules)

    def allows(self, imported: str) -> bool:
        return _among(imported, self.may_import) and not _among(imported, self.may_not_import)

    def forbids_stdlib(self, imported: str) -> bool:
        return _among(imported, tuple(self.forbidden_stdlib))


def _among(module: str, names: tuple[str, ...]) -> bool:
    return any(fnmatchcase(module, name) or fnmatchcase(module, f"{name}.*") for name in names)


_SHELLS = (
    "molam_sdk._adapter",
    "molam_sdk._async_client",
    "molam_sdk._async_wire",
    "molam_sdk._asyncio_network",
    "molam_sdk._client",
    "molam_sdk._connections",
    "molam_sdk._deadline",
    "molam_sdk._options",
    "molam_sdk._plugged",
    "molam_sdk._pool",
    "molam_sdk._proxy",
    "molam_sdk._resolve",
    "molam_sdk._tls",
    "molam_sdk._tunnel",
    "molam_sdk._wire",
)
_UPPER = ("molam_sdk.cli", "molam_sdk.contrib", "molam_sdk.durable", "molam_sdk.resources", "molam_sdk.testing")
# What app.py puts together and every shell is handed.
_GATEWAY_SEAMS = tuple(f"molam_gateway.{name}" for name in ("clock", "failpoints", "services", "settings", "vault"))
_OPERATIONS_MAY_IMPORT = (
    "molam_gateway.domain",
    "molam_gateway.operations",
    "molam_gateway.providers.contract",
    "molam_gateway.storage",
    *_GATEWAY_SEAMS,
)

# The first layer that holds a module decides, so the last of each distribution takes whatever is not named.
LAYERS = (
    Layer("generated", ("molam_api",), ("molam_api", "httpx", "attrs", "attr", "dateutil", "typing_extensions")),
    Layer("the front door of the SDK", ("molam_sdk.__init__",), ("molam_sdk",)),
    Layer(
        "overlay: durable, contrib, cli, testing",
        ("molam_sdk.durable", "molam_sdk.contrib", "molam_sdk.cli", "molam_sdk.testing"),
        ("molam_sdk", "[!m]*"),
        may_not_import=("molam_sdk._*",),
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
        ("molam_sdk", "molam_api", "httpx", "httpcore", "certifi", "socksio", "attrs"),
    ),
    Layer(
        "overlay: what shows httpx's types",
        ("molam_sdk._options", "molam_sdk._raw"),
        ("molam_sdk", "httpx"),
        may_not_import=(*_SHELLS, *_UPPER),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
    Layer(
        "overlay: what reads generated models",
        (
            "molam_sdk._event",
            "molam_sdk._operation",
            "molam_sdk._pagination",
            "molam_sdk._raw_lists",
            "molam_sdk._webhook_methods",
            "molam_sdk.webhooks",
        ),
        ("molam_api", "molam_sdk", "attrs"),
        may_not_import=(*_SHELLS, *_UPPER),
        forbidden_stdlib=OUTSIDE_WORLD,
    ),
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
        "gateway/http",
        ("molam_gateway.http",),
        (
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
        "gateway/storage",
        ("molam_gateway.storage",),
        ("molam_gateway.domain", "molam_gateway.storage", "alembic", "sqlalchemy", "psycopg"),
    ),
    Layer(
        "gateway/providers/contract",
        ("molam_gateway.providers.contract",),
        ("molam_gateway.domain",),
    ),
    Layer(
        "gateway/providers/simulators",
        ("molam_gateway.providers.simulators",),
        ("molam_gateway.domain", "molam_gateway.providers", "molam_gateway.storage.port"),
    ),
    Layer(
        "gateway/providers",
        ("molam_gateway.providers",),
        ("molam_gateway.domain", "molam_gateway.providers", "aiohttp"),
    ),
    Layer(
        "gateway/delivery",
        ("molam_gateway.delivery",),
        (
            "molam_gateway.domain",
            "molam_gateway.delivery",
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
        ("molam_gateway", "aiohttp", "alembic", "cryptography", "sqlalchemy", "starlette", "uvicorn"),
    ),
)
