from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "object",
        "payments",
        "refunds",
        "attempts",
        "deliveries",
        "jobs",
        "process",
        "livemode",
        "since_at",
        "generated_at",
    )
)

T = TypeVar("T", bound="Metrics")


@_attrs_define
class Metrics:
    """Figures of the gateway."""

    object_: Literal["metrics"]
    """ Always `metrics`. """

    payments: list[StateCount]
    """ The account's payments by status. """

    refunds: list[StateCount]
    """ The account's refunds by status. """

    attempts: list[StateCount]
    """ What was sent to providers for the account, by state. """

    deliveries: list[StateCount]
    """ Deliveries to the account's webhook endpoints by status. """

    jobs: list[StateCount]
    """ The gateway's jobs: `due`, `running` and `planned`; empty for callers without the scope `platform:read`. """

    process: None | ProcessMetrics
    """ The process that answers; null for callers without the scope `platform:read`. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    since_at: datetime.datetime
    """ From when on payments, refunds, attempts and deliveries are counted. """

    generated_at: datetime.datetime
    """ When the figures were read. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["payments"] = [_item.to_dict() for _item in self.payments]
        field_dict["refunds"] = [_item.to_dict() for _item in self.refunds]
        field_dict["attempts"] = [_item.to_dict() for _item in self.attempts]
        field_dict["deliveries"] = [_item.to_dict() for _item in self.deliveries]
        field_dict["jobs"] = [_item.to_dict() for _item in self.jobs]
        field_dict["process"] = None if self.process is None else self.process.to_dict()
        field_dict["livemode"] = self.livemode
        field_dict["since_at"] = self.since_at.isoformat()
        field_dict["generated_at"] = self.generated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["metrics"], src_dict["object"])
        if object_ != "metrics":
            raise ValueError(f"object must match const 'metrics', got '{object_}'")
        _self.object_ = object_
        _self.payments = [StateCount.from_dict(_item) for _item in src_dict["payments"]]
        _self.refunds = [StateCount.from_dict(_item) for _item in src_dict["refunds"]]
        _self.attempts = [StateCount.from_dict(_item) for _item in src_dict["attempts"]]
        _self.deliveries = [
            StateCount.from_dict(_item) for _item in src_dict["deliveries"]
        ]
        _self.jobs = [StateCount.from_dict(_item) for _item in src_dict["jobs"]]
        _self.process = (
            None
            if (_value := src_dict["process"]) is None
            else ProcessMetrics.from_dict(_value)
        )
        _self.livemode = src_dict["livemode"]
        _self.since_at = _parse_datetime(src_dict["since_at"])
        _self.generated_at = _parse_datetime(src_dict["generated_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 10
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


from ..models.process_metrics import ProcessMetrics
from ..models.state_count import StateCount
