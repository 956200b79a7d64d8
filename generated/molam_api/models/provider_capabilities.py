from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "payment_method_types",
        "manual_capture",
        "refunds",
        "partial_refunds",
        "payouts",
        "asynchronous",
        "queries",
        "idempotent",
        "signed_callbacks",
    )
)

T = TypeVar("T", bound="ProviderCapabilities")


@_attrs_define
class ProviderCapabilities:
    """What a provider can do."""

    payment_method_types: list[str]
    """ The kinds of payment method that it takes. """

    manual_capture: bool
    """ Whether payments can be authorized first and captured later. """

    refunds: bool
    """ Whether it gives money back. """

    partial_refunds: bool
    """ Whether it gives a part of a payment back. """

    payouts: bool
    """ Whether it pays money out. """

    asynchronous: bool
    """ Whether it tells the outcome of a payment later, as a rule. """

    queries: bool
    """ Whether it can be asked what became of a payment. """

    idempotent: bool
    """ Whether it recognises a payment that is sent again. """

    signed_callbacks: bool
    """ Whether it signs what it tells the gateway. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["payment_method_types"] = self.payment_method_types
        field_dict["manual_capture"] = self.manual_capture
        field_dict["refunds"] = self.refunds
        field_dict["partial_refunds"] = self.partial_refunds
        field_dict["payouts"] = self.payouts
        field_dict["asynchronous"] = self.asynchronous
        field_dict["queries"] = self.queries
        field_dict["idempotent"] = self.idempotent
        field_dict["signed_callbacks"] = self.signed_callbacks
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.payment_method_types = src_dict["payment_method_types"]
        _self.manual_capture = src_dict["manual_capture"]
        _self.refunds = src_dict["refunds"]
        _self.partial_refunds = src_dict["partial_refunds"]
        _self.payouts = src_dict["payouts"]
        _self.asynchronous = src_dict["asynchronous"]
        _self.queries = src_dict["queries"]
        _self.idempotent = src_dict["idempotent"]
        _self.signed_callbacks = src_dict["signed_callbacks"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 9
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
