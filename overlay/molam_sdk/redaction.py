"""Takes secrets and personal data out of log records: a filter for logging, a processor for structlog."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any, cast

from ._redaction import redact
from ._shapes import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import MutableMapping

__all__ = ["RedactionFilter", "redact", "redact_event"]

_OF_A_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_DEEPEST = 8


class RedactionFilter(logging.Filter):
    """Masks what `redact` masks in every record that passes: message, arguments, `extra` and traceback.

    Put it on handlers (`handler.addFilter(RedactionFilter())`): a filter on a logger does not see the records of those
    below it. No record is dropped. The record itself is changed, so handlers that come later get it masked too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Take credentials, account numbers, phone numbers and e-mail addresses out of a record; always true."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit the message, or cannot be shown
            message = str(record.msg)
        record.msg, record.args = redact(message), None
        if record.exc_info and record.exc_info[1] is not None and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        if record.exc_text:
            record.exc_text, record.exc_info = redact(record.exc_text), None
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name in vars(record).keys() - _OF_A_RECORD:
            setattr(record, name, _redacted(getattr(record, name)))
        return True


def redact_event(logger: Any, method_name: str, event_dict: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask the same in an event of structlog: a processor, to stand right before the renderer.

    It stands after `format_exc_info`, so that tracebacks are text by then.
    """
    for name, value in event_dict.items():
        event_dict[name] = _redacted(value)
    return event_dict


def _redacted(value: object, depth: int = 0) -> Any:
    """A value without what is masked, of the same shape where it is plain data, as text where it is an object."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, int):
        masked = redact(str(value))
        return value if masked == str(value) else masked
    if depth < _DEEPEST:
        if is_mapping(value):
            return {_redacted(key, depth + 1): _redacted(each, depth + 1) for key, each in value.items()}
        if is_list(value):
            return [_redacted(each, depth + 1) for each in cast("list[object]", value)]
    return redact(str(value))
