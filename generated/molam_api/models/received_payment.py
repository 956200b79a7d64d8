from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "amount",
        "currency",
        "provider",
        "provider_transaction_id",
        "account_reference",
        "livemode",
        "created_at",
    )
)

T = TypeVar("T", bound="ReceivedPayment")


@_attrs_define
class ReceivedPayment:
    """Money that a provider received and that no payment waits for."""

    id: str
    """ Id of the case in which an operator decides what becomes of the money. """

    object_: Literal["received_payment"]
    """ Always `received_payment`. """

    amount: int
    """ How much came, in minor units. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    provider: str
    """ The provider that received it. """

    provider_transaction_id: str
    """ The provider's receipt. """

    account_reference: None | str
    """ What the customer typed as the account; null for nothing. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the gateway took notice. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["provider"] = self.provider
        field_dict["provider_transaction_id"] = self.provider_transaction_id
        field_dict["account_reference"] = self.account_reference
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["received_payment"], src_dict["object"])
        if object_ != "received_payment":
            raise ValueError(
                f"object must match const 'received_payment', got '{object_}'"
            )
        _self.object_ = object_
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.provider = src_dict["provider"]
        _self.provider_transaction_id = src_dict["provider_transaction_id"]
        _self.account_reference = src_dict["account_reference"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
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
