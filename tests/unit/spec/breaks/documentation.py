"""Changes to descriptions and examples."""

from .edit import REMOVED, Break

_SCHEMAS = "#/components/schemas"
_AMOUNT = f"{_SCHEMAS}/Refund/properties/amount"
_ACCOUNT = "#/paths/~1v1~1account/get"
_LIMIT = "#/components/parameters/Limit"
_CONFIRM = "#/paths/~1v1~1connect~1payment_intents~1{payment_intent_id}~1confirm/post"
_JSON = "content/application~1json"

BREAKS = [
    Break("described", f"{_AMOUNT}/description", REMOVED, _AMOUNT, "no description"),
    Break("described", f"{_AMOUNT}/description", "  ", _AMOUNT, "no description"),
    Break("described", f"{_SCHEMAS}/Refund/description", REMOVED, f"{_SCHEMAS}/Refund", "no description"),
    Break("described", f"{_ACCOUNT}/description", REMOVED, _ACCOUNT, "no description"),
    Break("described", f"{_ACCOUNT}/summary", REMOVED, _ACCOUNT, "no summary"),
    Break("described", f"{_ACCOUNT}/responses/200/description", "", f"{_ACCOUNT}/responses/200", "no description"),
    Break("described", f"{_LIMIT}/description", REMOVED, _LIMIT, "no description"),
    Break("described", f"{_CONFIRM}/requestBody/description", REMOVED, f"{_CONFIRM}/requestBody", "no description"),
    Break("described", "#/tags/0/description", REMOVED, "#/tags/0", "no description"),
    Break("described", "#/webhooks/ping/post/description", REMOVED, "#/webhooks/ping/post", "no description"),
    Break("exampled", f"{_AMOUNT}/examples", REMOVED, _AMOUNT, "no examples"),
    Break("exampled", f"{_AMOUNT}/example", 2500, _AMOUNT, "the list `examples`"),
    Break("exampled", f"{_LIMIT}/example", REMOVED, _LIMIT, "no example"),
    Break(
        "exampled", f"{_CONFIRM}/parameters/-", {"name": "x", "in": "query"}, f"{_CONFIRM}/parameters/6", "no example"
    ),
    Break(
        "exampled",
        f"{_CONFIRM}/requestBody/{_JSON}/examples",
        REMOVED,
        f"{_CONFIRM}/requestBody/{_JSON}",
        "no example",
    ),
    Break(
        "exampled",
        f"{_ACCOUNT}/responses/200/{_JSON}/examples",
        {},
        f"{_ACCOUNT}/responses/200/{_JSON}",
        "no example",
    ),
    Break("examples-valid", f"{_AMOUNT}/examples/0", "25.00", f"{_AMOUNT}/examples/0", "does not match"),
    Break("examples-valid", f"{_LIMIT}/example", 1000, f"{_LIMIT}/example", "maximum of 100"),
    Break(
        "examples-valid",
        "#/components/examples/refund/value/created_at",
        "yesterday",
        "#/paths/~1v1~1connect~1refunds~1{refund_id}/get/responses/200/content/application~1json/examples/refund",
        "not a 'date-time'",
    ),
    Break(
        "examples-valid",
        f"{_CONFIRM}/requestBody/{_JSON}/examples/as_created/value",
        {"card_number": "4242"},
        f"{_CONFIRM}/requestBody/{_JSON}/examples/as_created",
        "card_number",
    ),
]
