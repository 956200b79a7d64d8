from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RotateWebhookSecretRequest")


@_attrs_define
class RotateWebhookSecretRequest:
    """How the secret before is retired."""

    overlap_seconds: int | Unset = UNSET
    """ How long the secret before signs beside the new one, in seconds; 0 ends it at once. A day if it is left out.
    """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.overlap_seconds, Unset):
            field_dict["overlap_seconds"] = self.overlap_seconds
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.overlap_seconds = src_dict.get("overlap_seconds", UNSET)
        return _self
