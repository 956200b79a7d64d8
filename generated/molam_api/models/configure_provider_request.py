from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.provider_environment import ProviderEnvironment
from ..types import UNSET, Unset

_PROVIDER_ENVIRONMENT = {member.value: member for member in ProviderEnvironment}

T = TypeVar("T", bound="ConfigureProviderRequest")


@_attrs_define
class ConfigureProviderRequest:
    """What is to be set in a configuration; what is left out stays."""

    settings: ProviderSettings | Unset = UNSET
    """ Settings and secrets of an account at a provider, by name. """

    environment: ProviderEnvironment | Unset = UNSET
    """ `live`: real money. `test`: the provider's test environment. `simulator`: the one in this gateway. """

    enabled: bool | Unset = UNSET
    """ Whether to take payments with it. """

    rotate_callback_token: bool | Unset = UNSET
    """ Make another callback address; the old one is heard for 7 more days. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.settings, Unset):
            field_dict["settings"] = self.settings.to_dict()
        if not isinstance(self.environment, Unset):
            field_dict["environment"] = self.environment.value
        if not isinstance(self.enabled, Unset):
            field_dict["enabled"] = self.enabled
        if not isinstance(self.rotate_callback_token, Unset):
            field_dict["rotate_callback_token"] = self.rotate_callback_token
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.settings = (
            UNSET
            if (_value := src_dict.get("settings", UNSET)) is UNSET
            else ProviderSettings.from_dict(_value)
        )
        _self.environment = (
            UNSET
            if (_value := src_dict.get("environment", UNSET)) is UNSET
            else _PROVIDER_ENVIRONMENT.get(_value) or ProviderEnvironment(_value)
        )
        _self.enabled = src_dict.get("enabled", UNSET)
        _self.rotate_callback_token = src_dict.get("rotate_callback_token", UNSET)
        return _self


from ..models.provider_settings import ProviderSettings
