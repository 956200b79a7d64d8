from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RefundPaymentRequest")


@_attrs_define
class RefundPaymentRequest:
    """How much of a payment to give back, and why."""

    amount: str | Unset = UNSET
    """ What to give back, in major units of the payment's currency; what remains if left out. """

    currency: str | Unset = UNSET
    """ ISO 4217 currency code. Another one than the payment's is refused; left out, it is that. """

    reason: str | Unset = UNSET
    """ Why, in your words. """

    metadata: Metadata | Unset = UNSET
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.amount, Unset):
            field_dict["amount"] = self.amount
        if not isinstance(self.currency, Unset):
            field_dict["currency"] = self.currency
        if not isinstance(self.reason, Unset):
            field_dict["reason"] = self.reason
        if not isinstance(self.metadata, Unset):
            field_dict["metadata"] = self.metadata.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.amount = src_dict.get("amount", UNSET)
        _self.currency = src_dict.get("currency", UNSET)
        _self.reason = src_dict.get("reason", UNSET)
        _self.metadata = (
            UNSET
            if (_value := src_dict.get("metadata", UNSET)) is UNSET
            else Metadata.from_dict(_value)
        )
        return _self


from ..models.metadata import Metadata
