from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.provider_health import ProviderHealth

_PROVIDER_HEALTH = {member.value: member for member in ProviderHealth}
_PROPERTIES = frozenset(
    (
        "name",
        "object",
        "enabled",
        "capabilities",
        "currencies",
        "limits",
        "health",
        "livemode",
    )
)

T = TypeVar("T", bound="Provider")


@_attrs_define
class Provider:
    """A payment provider and what it can do."""

    name: str
    """ The name to use as `provider`. """

    object_: Literal["provider"]
    """ Always `provider`. """

    enabled: bool
    """ Whether payments can be made with it. """

    capabilities: ProviderCapabilities
    """ What a provider can do. """

    currencies: list[str]
    """ The currencies that it takes. """

    limits: list[ProviderLimit]
    """ What payments in each currency have to keep to. """

    health: ProviderHealth
    """ `up`: it can be used. `degraded`: it failed of late. `down`: it is not called at the moment, since it failed
    again and again. `unknown`: it was not called yet. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["name"] = self.name
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["enabled"] = self.enabled
        field_dict["capabilities"] = self.capabilities.to_dict()
        field_dict["currencies"] = self.currencies
        field_dict["limits"] = [_item.to_dict() for _item in self.limits]
        field_dict["health"] = self.health.value
        field_dict["livemode"] = self.livemode
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.name = src_dict["name"]
        object_ = cast(Literal["provider"], src_dict["object"])
        if object_ != "provider":
            raise ValueError(f"object must match const 'provider', got '{object_}'")
        _self.object_ = object_
        _self.enabled = src_dict["enabled"]
        _self.capabilities = ProviderCapabilities.from_dict(src_dict["capabilities"])
        _self.currencies = src_dict["currencies"]
        _self.limits = [ProviderLimit.from_dict(_item) for _item in src_dict["limits"]]
        _self.health = _PROVIDER_HEALTH.get(
            _value := src_dict["health"]
        ) or ProviderHealth(_value)
        _self.livemode = src_dict["livemode"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 8
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


from ..models.provider_capabilities import ProviderCapabilities
from ..models.provider_limit import ProviderLimit
