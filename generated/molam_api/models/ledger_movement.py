from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ledger_movement_kind import LedgerMovementKind

_LEDGER_MOVEMENT_KIND = {member.value: member for member in LedgerMovementKind}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "object",
        "id",
        "kind",
        "amount",
        "currency",
        "payment_intent",
        "charge",
        "refund",
        "payout",
        "provider_reference",
        "livemode",
        "created_at",
    )
)

T = TypeVar("T", bound="LedgerMovement")


@_attrs_define
class LedgerMovement:
    """One movement of money in the provider's own book."""

    object_: Literal["ledger_movement"]
    """ Always `ledger_movement`. """

    id: str
    """ Unique id of the movement. """

    kind: LedgerMovementKind
    """ `charge` and `payout_reversal` bring money in, `refund` and `payout` take it out, `refund_reversal` brings a
    refund back. """

    amount: int
    """ How much moved, in minor units. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    payment_intent: None | str
    """ The payment intent concerned, if any. """

    charge: None | str
    """ The charge concerned, if any. """

    refund: None | str
    """ The refund concerned, if any. """

    payout: None | str
    """ The payout concerned, if any. """

    provider_reference: str
    """ The provider's reference of the movement. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the money moved. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["id"] = self.id
        field_dict["kind"] = self.kind.value
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["payment_intent"] = self.payment_intent
        field_dict["charge"] = self.charge
        field_dict["refund"] = self.refund
        field_dict["payout"] = self.payout
        field_dict["provider_reference"] = self.provider_reference
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["ledger_movement"], src_dict["object"])
        if object_ != "ledger_movement":
            raise ValueError(
                f"object must match const 'ledger_movement', got '{object_}'"
            )
        _self.object_ = object_
        _self.id = src_dict["id"]
        _self.kind = _LEDGER_MOVEMENT_KIND.get(
            _value := src_dict["kind"]
        ) or LedgerMovementKind(_value)
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.payment_intent = src_dict["payment_intent"]
        _self.charge = src_dict["charge"]
        _self.refund = src_dict["refund"]
        _self.payout = src_dict["payout"]
        _self.provider_reference = src_dict["provider_reference"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 12
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
