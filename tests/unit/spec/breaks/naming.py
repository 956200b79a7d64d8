"""Changes to names."""

from .edit import Break

_SCHEMAS = "#/components/schemas"
_ACCOUNT = "#/paths/~1v1~1account/get"
_ENUM = {"type": "string", "enum": ["a", "b"]}
_TIME = {"type": "string", "format": "date-time"}

BREAKS = [
    Break("operation-id", f"{_ACCOUNT}/operationId", "getAccount", f"{_ACCOUNT}/operationId", "'getAccount'"),
    Break("operation-id", f"{_ACCOUNT}/operationId", "retrieve", f"{_ACCOUNT}/operationId", "'retrieve'"),
    Break("operation-id", f"{_ACCOUNT}/operationId", "list_events", f"{_ACCOUNT}/operationId", "GET /v1/events"),
    Break("one-tag", f"{_ACCOUNT}/tags", [], _ACCOUNT, "has 0 tags"),
    Break("one-tag", f"{_ACCOUNT}/tags", ["account", "events"], _ACCOUNT, "has 2 tags"),
    Break("one-tag", f"{_ACCOUNT}/tags", ["accounts"], f"{_ACCOUNT}/tags", "'accounts' is not declared"),
    Break("one-tag", f"{_ACCOUNT}/tags", ["events"], "#/tags/9", "no operation has the tag 'account'"),
    Break(
        "snake-case",
        f"{_SCHEMAS}/Refund/properties/failureReason",
        {},
        f"{_SCHEMAS}/Refund/properties/failureReason",
        "not",
    ),
    Break(
        "snake-case", f"{_ACCOUNT}/parameters/-", {"name": "created[gte]", "in": "query"}, _ACCOUNT, "'created[gte]'"
    ),
    Break("snake-case", "#/paths/~1v1~1Account", {"get": {}}, "#/paths/~1v1~1Account", "the path segment 'Account'"),
    Break("pascal-case", f"{_SCHEMAS}/refund_reason", {}, f"{_SCHEMAS}/refund_reason", "not PascalCase"),
    Break(
        "pascal-case", "#/components/links/retrieveRefund", {}, "#/components/links/retrieveRefund", "not PascalCase"
    ),
    Break(
        "named-enums",
        f"{_SCHEMAS}/Refund/properties/kind",
        _ENUM,
        f"{_SCHEMAS}/Refund/properties/kind",
        "without a name",
    ),
    Break(
        "named-enums",
        "#/components/parameters/Limit/schema",
        _ENUM,
        "#/components/parameters/Limit/schema",
        "without a name",
    ),
    Break(
        "times", f"{_SCHEMAS}/Refund/properties/settled", _TIME, f"{_SCHEMAS}/Refund/properties/settled", "does not end"
    ),
    Break(
        "times",
        f"{_SCHEMAS}/Refund/properties/created_at/format",
        "unix-time",
        f"{_SCHEMAS}/Refund/properties/created_at",
        "format is not date-time",
    ),
    Break("times", f"{_ACCOUNT}/parameters/-", {"name": "since", "in": "query", "schema": _TIME}, _ACCOUNT, "'since'"),
]
