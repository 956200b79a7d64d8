from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "type",
        "card",
        "mobile_money",
    )
)

T = TypeVar("T", bound="PaymentMethodDetails")


@_attrs_define
class PaymentMethodDetails:
    """What is known of the payment method that was charged."""

    type_: str
    """ The kind of payment method, for example `card` or `mobile_money`. """

    card: CardDetails | None
    """ Set for cards, otherwise null. """

    mobile_money: MobileMoneyDetails | None
    """ Set for mobile money, otherwise null. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["type"] = self.type_
        field_dict["card"] = None if self.card is None else self.card.to_dict()
        field_dict["mobile_money"] = (
            None if self.mobile_money is None else self.mobile_money.to_dict()
        )
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = src_dict["type"]
        _self.card = (
            None
            if (_value := src_dict["card"]) is None
            else CardDetails.from_dict(_value)
        )
        _self.mobile_money = (
            None
            if (_value := src_dict["mobile_money"]) is None
            else MobileMoneyDetails.from_dict(_value)
        )
        _self.additional_properties = (
            {}
            if len(src_dict) == 3
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


from ..models.card_details import CardDetails
from ..models.mobile_money_details import MobileMoneyDetails
