"""Changes to what requests may hold and answers do hold."""

from .edit import REMOVED, Break

_SCHEMAS = "#/components/schemas"
_REQUEST = f"{_SCHEMAS}/CreateRefundRequest"
_REFUND = f"{_SCHEMAS}/Refund"
_SECRET = f"{_SCHEMAS}/WebhookEndpoint/properties/secret"
_LIMIT = "#/components/parameters/Limit/schema"

BREAKS = [
    Break("requests-closed", f"{_REQUEST}/additionalProperties", REMOVED, _REQUEST, "does not know"),
    Break("requests-closed", f"{_REQUEST}/additionalProperties", {"type": "string"}, _REQUEST, "does not know"),
    Break(
        "no-defaults",
        f"{_REQUEST}/properties/reason/default",
        "x",
        f"{_REQUEST}/properties/reason/default",
        "overwrite",
    ),
    Break("no-defaults", f"{_LIMIT}/default", 20, f"{_LIMIT}/default", "sent by clients"),
    Break(
        "storable-text", f"{_REQUEST}/properties/reason/pattern", REMOVED, f"{_REQUEST}/properties/reason", "any text"
    ),
    Break(
        "storable-text",
        f"{_SCHEMAS}/Metadata/additionalProperties/pattern",
        REMOVED,
        f"{_SCHEMAS}/Metadata/additionalProperties",
        "any text",
    ),
    Break(
        "storable-text",
        "#/components/parameters/StartingAfter/schema/pattern",
        REMOVED,
        "#/components/parameters/StartingAfter/schema",
        "any text",
    ),
    Break(
        "write-only",
        f"{_SCHEMAS}/BeneficiaryRequest/properties/phone/writeOnly",
        REMOVED,
        f"{_SCHEMAS}/BeneficiaryRequest/properties/phone",
        "not marked writeOnly",
    ),
    Break("write-only", f"{_REFUND}/properties/reason/writeOnly", True, f"{_REFUND}/properties/reason", "in an answer"),
    Break("responses-required", f"{_REFUND}/required", ["id"], _REFUND, "may lack object, charge"),
    Break("responses-required", f"{_REFUND}/properties/fee", {"type": "integer"}, _REFUND, "may lack fee"),
    Break("responses-open", f"{_REFUND}/additionalProperties", False, _REFUND, "forbids members"),
    Break(
        "own-schemas",
        f"{_REQUEST}/properties/refund",
        {"$ref": f"{_SCHEMAS}/Refund"},
        _REFUND,
        "is in requests",
    ),
    Break("object-names", f"{_REFUND}/properties/livemode", REMOVED, _REFUND, "no `livemode`"),
    Break(
        "ids", f"{_REFUND}/properties/id/pattern", "^re_[0-9A-Za-z]+$", f"{_REFUND}/properties/id", "not that of ref_"
    ),
    Break("ids", f"{_REFUND}/properties/charge/pattern", REMOVED, f"{_REFUND}/properties/charge", "not that of ch_"),
    Break("ids", f"{_SCHEMAS}/Balance/properties/id", {"type": "string"}, f"{_SCHEMAS}/Balance", "not in the ruleset"),
    Break("masked-secrets", f"{_SECRET}/format", REMOVED, _SECRET, "repr"),
]
