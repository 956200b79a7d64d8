from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.next_action_type import NextActionType

_NEXT_ACTION_TYPE = {member.value: member for member in NextActionType}
_PROPERTIES = frozenset(
    (
        "type",
        "redirect_url",
        "account_reference",
    )
)

T = TypeVar("T", bound="NextAction")


@_attrs_define
class NextAction:
    """What the customer has to do before the payment can go on."""

    type_: NextActionType
    """ `redirect`: send the customer to `redirect_url`. `stk_prompt`: the customer confirms on the phone. `wait`:
    nothing to do but wait. """

    redirect_url: None | str
    """ Where to send the customer for a `redirect`; otherwise null. """

    account_reference: None | str
    """ What the customer may type as the account to pay without waiting for the prompt (M-Pesa paybill). Case,
    spaces and hyphens do not matter. Null where nobody can. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["type"] = self.type_.value
        field_dict["redirect_url"] = self.redirect_url
        field_dict["account_reference"] = self.account_reference
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = _NEXT_ACTION_TYPE.get(
            _value := src_dict["type"]
        ) or NextActionType(_value)
        _self.redirect_url = src_dict["redirect_url"]
        _self.account_reference = src_dict["account_reference"]
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
