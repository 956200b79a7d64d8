"""The testing kit: a sandbox of one's own, webhooks as they come, and stand-ins that send nothing.

Under pytest the fixtures do the work, see docs/guides/testing.md. Names are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._answers import Answer, Failure, NoAnswer, answered, failing, refused
    from ._cassettes import CassetteError, RecordingTransport, ReplayingTransport
    from ._clock import ClockControl
    from ._errors import StandInError
    from ._faults import FaultControl
    from ._guarding import guarded
    from ._mock import MockAdapter
    from ._proxy import DecliningProxy
    from ._requests import SentRequest
    from ._sandbox import LocalSandbox
    from ._script import ScriptedTransport
    from ._targets import Received
    from ._webhooks import SignedWebhook, WebhookMaker

_HOMES = {
    "Answer": "_answers",
    "CassetteError": "_cassettes",
    "ClockControl": "_clock",
    "DecliningProxy": "_proxy",
    "Failure": "_answers",
    "FaultControl": "_faults",
    "LocalSandbox": "_sandbox",
    "MockAdapter": "_mock",
    "NoAnswer": "_answers",
    "Received": "_targets",
    "RecordingTransport": "_cassettes",
    "ReplayingTransport": "_cassettes",
    "ScriptedTransport": "_script",
    "SentRequest": "_requests",
    "SignedWebhook": "_webhooks",
    "StandInError": "_errors",
    "WebhookMaker": "_webhooks",
    "answered": "_answers",
    "failing": "_answers",
    "guarded": "_guarding",
    "refused": "_answers",
}

__all__ = [
    "Answer",
    "CassetteError",
    "ClockControl",
    "DecliningProxy",
    "Failure",
    "FaultControl",
    "LocalSandbox",
    "MockAdapter",
    "NoAnswer",
    "Received",
    "RecordingTransport",
    "ReplayingTransport",
    "ScriptedTransport",
    "SentRequest",
    "SignedWebhook",
    "StandInError",
    "WebhookMaker",
    "answered",
    "failing",
    "guarded",
    "refused",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
