from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.business_type import BusinessType
from ..models.merchant_onboarding_status import MerchantOnboardingStatus

_BUSINESS_TYPE = {member.value: member for member in BusinessType}
_MERCHANT_ONBOARDING_STATUS = {
    member.value: member for member in MerchantOnboardingStatus
}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "business_name",
        "business_type",
        "country",
        "email",
        "phone",
        "settlement",
        "metadata",
        "status",
        "requirements",
        "onboarding_url",
        "livemode",
        "created_at",
        "updated_at",
        "expires_at",
    )
)

T = TypeVar("T", bound="MerchantOnboarding")


@_attrs_define
class MerchantOnboarding:
    """The way of a merchant from application to approval."""

    id: str
    """ Unique id of the onboarding. """

    object_: Literal["merchant_onboarding"]
    """ Always `merchant_onboarding`. """

    business_name: str
    """ Registered name of the business. """

    business_type: BusinessType
    """ Legal form of a business. """

    country: str
    """ ISO 3166-1 alpha-2 country code. """

    email: str
    """ Contact e-mail address. """

    phone: None | str
    """ Contact phone number, masked down to its last four digits; null if not given. """

    settlement: Beneficiary | None
    """ Where the merchant's money goes; null until given. """

    metadata: Metadata
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    status: MerchantOnboardingStatus
    """ Status of an onboarding. `pending`: not submitted. `requires_information`: see `requirements`.
    `under_review`: submitted. `approved` and `rejected` are final. """

    requirements: list[str]
    """ The names of what is still missing. """

    onboarding_url: None | str
    """ Where the merchant completes the application; null once it is decided. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the object was created. """

    updated_at: datetime.datetime
    """ When the object last changed. """

    expires_at: datetime.datetime | None
    """ When an unfinished application lapses; null once it is decided. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["business_name"] = self.business_name
        field_dict["business_type"] = self.business_type.value
        field_dict["country"] = self.country
        field_dict["email"] = self.email
        field_dict["phone"] = self.phone
        field_dict["settlement"] = (
            None if self.settlement is None else self.settlement.to_dict()
        )
        field_dict["metadata"] = self.metadata.to_dict()
        field_dict["status"] = self.status.value
        field_dict["requirements"] = self.requirements
        field_dict["onboarding_url"] = self.onboarding_url
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        field_dict["expires_at"] = (
            None if self.expires_at is None else self.expires_at.isoformat()
        )
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["merchant_onboarding"], src_dict["object"])
        if object_ != "merchant_onboarding":
            raise ValueError(
                f"object must match const 'merchant_onboarding', got '{object_}'"
            )
        _self.object_ = object_
        _self.business_name = src_dict["business_name"]
        _self.business_type = _BUSINESS_TYPE.get(
            _value := src_dict["business_type"]
        ) or BusinessType(_value)
        _self.country = src_dict["country"]
        _self.email = src_dict["email"]
        _self.phone = src_dict["phone"]
        _self.settlement = (
            None
            if (_value := src_dict["settlement"]) is None
            else Beneficiary.from_dict(_value)
        )
        _self.metadata = Metadata.from_dict(src_dict["metadata"])
        _self.status = _MERCHANT_ONBOARDING_STATUS.get(
            _value := src_dict["status"]
        ) or MerchantOnboardingStatus(_value)
        _self.requirements = src_dict["requirements"]
        _self.onboarding_url = src_dict["onboarding_url"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.expires_at = (
            None
            if (_value := src_dict["expires_at"]) is None
            else _parse_datetime(_value)
        )
        _self.additional_properties = (
            {}
            if len(src_dict) == 16
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


from ..models.beneficiary import Beneficiary
from ..models.metadata import Metadata
