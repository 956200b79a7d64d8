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
        "livemode",
        "created_at",
        "actor",
        "address",
        "user_agent",
        "request_id",
        "idempotency_key",
        "action",
        "resource",
        "before",
        "after",
        "outcome",
        "body_sha256",
    )
)

T = TypeVar("T", bound="AuditLog")


@_attrs_define
class AuditLog:
    """One entry of the audit trail, written together with the change that it tells of."""

    id: str
    """ Unique id of the entry. """

    object_: Literal["audit_log"]
    """ Always `audit_log`. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When it happened. """

    actor: AuditActor
    """ Who did something. """

    address: None | str
    """ The address that the request came from, as the server saw it; null without a request. """

    user_agent: None | str
    """ The names and versions in the request's User-Agent. """

    request_id: None | str
    """ Id of the request; null for work of the gateway's own. """

    idempotency_key: None | str
    """ The request's idempotency key, unless it looks like a secret or a number of a person. """

    action: str
    """ The operation, or what the gateway did by itself. """

    resource: AuditResource | None
    """ The object that was changed; null where there is none. """

    before: JsonObject | None
    """ The former values of what changed; null for a new object. """

    after: JsonObject | None
    """ The new values of what changed, all that may be shown of a new object; null for a deleted one. """

    outcome: str
    """ `ok`, or the code of the error. """

    body_sha256: None | str
    """ SHA-256 of the request's body as it was received, in hexadecimal digits; null without one. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["actor"] = self.actor.to_dict()
        field_dict["address"] = self.address
        field_dict["user_agent"] = self.user_agent
        field_dict["request_id"] = self.request_id
        field_dict["idempotency_key"] = self.idempotency_key
        field_dict["action"] = self.action
        field_dict["resource"] = (
            None if self.resource is None else self.resource.to_dict()
        )
        field_dict["before"] = None if self.before is None else self.before.to_dict()
        field_dict["after"] = None if self.after is None else self.after.to_dict()
        field_dict["outcome"] = self.outcome
        field_dict["body_sha256"] = self.body_sha256
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["audit_log"], src_dict["object"])
        if object_ != "audit_log":
            raise ValueError(f"object must match const 'audit_log', got '{object_}'")
        _self.object_ = object_
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.actor = AuditActor.from_dict(src_dict["actor"])
        _self.address = src_dict["address"]
        _self.user_agent = src_dict["user_agent"]
        _self.request_id = src_dict["request_id"]
        _self.idempotency_key = src_dict["idempotency_key"]
        _self.action = src_dict["action"]
        _self.resource = (
            None
            if (_value := src_dict["resource"]) is None
            else AuditResource.from_dict(_value)
        )
        _self.before = (
            None
            if (_value := src_dict["before"]) is None
            else JsonObject.from_dict(_value)
        )
        _self.after = (
            None
            if (_value := src_dict["after"]) is None
            else JsonObject.from_dict(_value)
        )
        _self.outcome = src_dict["outcome"]
        _self.body_sha256 = src_dict["body_sha256"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 15
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


from ..models.audit_actor import AuditActor
from ..models.audit_resource import AuditResource
from ..models.json_object import JsonObject
