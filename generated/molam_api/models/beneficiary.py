from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.beneficiary_type import BeneficiaryType

_BENEFICIARY_TYPE = {member.value: member for member in BeneficiaryType}
_PROPERTIES = frozenset(
    (
        "type",
        "account_holder",
        "bank_code",
        "network",
        "name",
        "last4",
    )
)

T = TypeVar("T", bound="Beneficiary")


@_attrs_define
class Beneficiary:
    """Who receives money. Account and phone numbers are never shown, only their last four digits."""

    type_: BeneficiaryType
    """ `bank_account` needs `account_number` and `account_holder`; `mobile_money` needs `phone`. """

    account_holder: None | str
    """ Holder of the bank account; null for mobile money. """

    bank_code: None | str
    """ Code of the bank; null if not given. """

    network: None | str
    """ Mobile money network; null for bank accounts. """

    name: None | str
    """ Name of the receiver; null if not given. """

    last4: str
    """ Last four digits of the account or phone number. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["type"] = self.type_.value
        field_dict["account_holder"] = self.account_holder
        field_dict["bank_code"] = self.bank_code
        field_dict["network"] = self.network
        field_dict["name"] = self.name
        field_dict["last4"] = self.last4
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = _BENEFICIARY_TYPE.get(
            _value := src_dict["type"]
        ) or BeneficiaryType(_value)
        _self.account_holder = src_dict["account_holder"]
        _self.bank_code = src_dict["bank_code"]
        _self.network = src_dict["network"]
        _self.name = src_dict["name"]
        _self.last4 = src_dict["last4"]
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
