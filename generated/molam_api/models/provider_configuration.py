from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.provider_environment import ProviderEnvironment

_PROVIDER_ENVIRONMENT = {member.value: member for member in ProviderEnvironment}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "provider",
        "environment",
        "enabled",
        "version",
        "settings",
        "webhook_url",
        "callback_url",
        "livemode",
        "created_at",
        "updated_at",
    )
)

T = TypeVar("T", bound="ProviderConfiguration")


@_attrs_define
class ProviderConfiguration:
    """The account's configuration of a provider, its secrets masked."""

    id: str
    """ Unique id of the configuration. """

    object_: Literal["provider_configuration"]
    """ Always `provider_configuration`. """

    provider: str
    """ Name of the provider. """

    environment: ProviderEnvironment
    """ `live`: real money. `test`: the provider's test environment. `simulator`: the one in this gateway. """

    enabled: bool
    """ Whether payments are taken with it. """

    version: int
    """ Grows with each change of the secrets. """

    settings: list[ProviderSetting]
    """ Its settings. """

    webhook_url: None | str
    """ The address to register for webhooks. """

    callback_url: None | str
    """ The address to register for callbacks. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When it was made. """

    updated_at: datetime.datetime
    """ When it last changed. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["provider"] = self.provider
        field_dict["environment"] = self.environment.value
        field_dict["enabled"] = self.enabled
        field_dict["version"] = self.version
        field_dict["settings"] = [_item.to_dict() for _item in self.settings]
        field_dict["webhook_url"] = self.webhook_url
        field_dict["callback_url"] = self.callback_url
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["provider_configuration"], src_dict["object"])
        if object_ != "provider_configuration":
            raise ValueError(
                f"object must match const 'provider_configuration', got '{object_}'"
            )
        _self.object_ = object_
        _self.provider = src_dict["provider"]
        _self.environment = _PROVIDER_ENVIRONMENT.get(
            _value := src_dict["environment"]
        ) or ProviderEnvironment(_value)
        _self.enabled = src_dict["enabled"]
        _self.version = src_dict["version"]
        _self.settings = [
            ProviderSetting.from_dict(_item) for _item in src_dict["settings"]
        ]
        _self.webhook_url = src_dict["webhook_url"]
        _self.callback_url = src_dict["callback_url"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
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


from ..models.provider_setting import ProviderSetting
