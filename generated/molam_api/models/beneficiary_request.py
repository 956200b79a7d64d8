from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.beneficiary_type import BeneficiaryType
from ..types import UNSET, Unset

_BENEFICIARY_TYPE = {member.value: member for member in BeneficiaryType}

T = TypeVar("T", bound="BeneficiaryRequest")


@_attrs_define
class BeneficiaryRequest:
    """Who is to receive money: a bank account (with `account_number` and `account_holder`) or mobile money (with `phone`)."""

    type_: BeneficiaryType
    """ `bank_account` needs `account_number` and `account_holder`; `mobile_money` needs `phone`. """

    bank_code: str | Unset = UNSET
    """ Code of the bank. """

    account_number: str | Unset = _attrs_field(default=UNSET, repr=False)
    """ Account number or IBAN without spaces. Write-only. """

    account_holder: str | Unset = UNSET
    """ Holder of the bank account. """

    network: str | Unset = UNSET
    """ Mobile money network. """

    phone: str | Unset = _attrs_field(default=UNSET, repr=False)
    """ Phone number in E.164 form. Write-only. """

    name: str | Unset = UNSET
    """ Name of the receiver. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["type"] = self.type_.value
        if not isinstance(self.bank_code, Unset):
            field_dict["bank_code"] = self.bank_code
        if not isinstance(self.account_number, Unset):
            field_dict["account_number"] = self.account_number
        if not isinstance(self.account_holder, Unset):
            field_dict["account_holder"] = self.account_holder
        if not isinstance(self.network, Unset):
            field_dict["network"] = self.network
        if not isinstance(self.phone, Unset):
            field_dict["phone"] = self.phone
        if not isinstance(self.name, Unset):
            field_dict["name"] = self.name
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = _BENEFICIARY_TYPE.get(
            _value := src_dict["type"]
        ) or BeneficiaryType(_value)
        _self.bank_code = src_dict.get("bank_code", UNSET)
        _self.account_number = src_dict.get("account_number", UNSET)
        _self.account_holder = src_dict.get("account_holder", UNSET)
        _self.network = src_dict.get("network", UNSET)
        _self.phone = src_dict.get("phone", UNSET)
        _self.name = src_dict.get("name", UNSET)
        return _self
