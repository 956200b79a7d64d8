from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "number",
        "started_at",
        "duration_ms",
        "status_code",
        "error",
        "excerpt",
    )
)

T = TypeVar("T", bound="WebhookAttempt")


@_attrs_define
class WebhookAttempt:
    """One attempt to deliver."""

    number: int
    """ Counts the attempts of a delivery from 1. """

    started_at: datetime.datetime
    """ When it began, in real time. """

    duration_ms: int
    """ How long it took, in milliseconds. """

    status_code: int | None
    """ HTTP status that the receiver answered; null if no answer came. """

    error: None | str
    """ What went wrong if no answer came. """

    excerpt: str
    """ The beginning of an answer that was no success, at most 1024 bytes, without card numbers and secrets. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["number"] = self.number
        field_dict["started_at"] = self.started_at.isoformat()
        field_dict["duration_ms"] = self.duration_ms
        field_dict["status_code"] = self.status_code
        field_dict["error"] = self.error
        field_dict["excerpt"] = self.excerpt
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.number = src_dict["number"]
        _self.started_at = _parse_datetime(src_dict["started_at"])
        _self.duration_ms = src_dict["duration_ms"]
        _self.status_code = src_dict["status_code"]
        _self.error = src_dict["error"]
        _self.excerpt = src_dict["excerpt"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 6
            else {
                _name: _extra
                for _name, _extra in src_dict.items()
                if _name not in _PROPERTIES
            }
        )
        return _self

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: object) -> bool:
        return key in self.additional_properties
