"""The log on standard error: a line for people, or one of JSON for what collects logs."""

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TextIO, TypeAlias

from .redaction import redacted
from .work import CURRENT

Format: TypeAlias = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
_OWN = "molam_gateway"
_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


@dataclass(frozen=True, slots=True)
class LogOptions:
    """How the log is written; the level is that of the gateway's own records, others are written from warnings on."""

    format: Format = "text"
    level: str = "info"


def configure(options: LogOptions, stream: TextIO | None = None) -> None:
    """Write the log of this process to a stream, standard error if none is given."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter() if options.format == "json" else TextFormatter(_TEXT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(_OWN).setLevel(options.level.upper())


class TextFormatter(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its request, without what must not be there."""
        work = CURRENT.get()
        shown = super().format(record)
        return redacted(f"{shown} ({work.request_id})" if work is not None and work.request_id else shown)


class JsonFormatter(logging.Formatter):
    """One object per line; what is at work goes with every record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, without what must not be there."""
        members: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
            **_work(),
            **_fields(record),
        }
        if record.exc_info:
            members["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(members, ensure_ascii=False, default=str)


def _work() -> dict[str, object]:
    work = CURRENT.get()
    if work is None:
        return {}
    named = {
        "request_id": work.request_id,
        "trace_id": work.trace_id,
        "operation": work.operation,
        "account": work.account,
    }
    return {name: value for name, value in named.items() if value}


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields: Mapping[str, object] = record.__dict__.get("fields", {})
    return {name: redacted(value) if isinstance(value, str) else value for name, value in fields.items()}
