"""Changes to what operations carry."""

from .edit import REMOVED, Break

_ACCOUNT = "#/paths/~1v1~1account/get"
_CREATE = "#/paths/~1v1~1connect~1payment_intents/post"
_CONFIRM = "#/paths/~1v1~1connect~1payment_intents~1{payment_intent_id}~1confirm/post"
_LIST = "#/paths/~1v1~1events/get"
_ROTATE = "#/paths/~1v1~1webhook_endpoints~1{webhook_endpoint_id}~1rotate_secret/post"
_CONFIGURE = "#/paths/~1api~1v1~1providers~1{name}~1config/post"
_HEALTH = "#/paths/~1api~1v1~1health/get"
_PAYMENTS = "#/paths/~1api~1v1~1payments/get"
_REFUND = "#/paths/~1api~1v1~1payments~1{transaction_id}~1refund/post"
_PROVIDER = "#/paths/~1api~1v1~1providers~1{name}/get"
_RECEIVE = "#/paths/~1api~1v1~1callbacks~1{token}/post"
_PARAMETERS = "#/components/parameters"
_KEY = {"$ref": f"{_PARAMETERS}/IdempotencyKey"}

BREAKS = [
    Break("security", f"{_ACCOUNT}/security", REMOVED, _ACCOUNT, "without security"),
    Break("security", f"{_ACCOUNT}/security", [{}, {"bearerAuth": []}], _ACCOUNT, "without security"),
    Break("security", f"{_ACCOUNT}/security", [{"apiKey": []}], f"{_ACCOUNT}/security", "'apiKey' is not"),
    Break("security", "#/security", [{"bearerAuth": []}], "#/security", "for all operations"),
    Break("idempotency", f"{_CREATE}/parameters/0", {"$ref": f"{_PARAMETERS}/Limit"}, _CREATE, "no Idempotency-Key"),
    Break("idempotency", f"{_CREATE}/x-idempotency-key", REMOVED, _CREATE, "not marked"),
    Break("idempotency", f"{_CREATE}/x-idempotency-key", "optional", _CREATE, "not marked"),
    Break("idempotency", f"{_ACCOUNT}/parameters/-", _KEY, _ACCOUNT, "only reads"),
    Break("idempotency", f"{_ACCOUNT}/x-idempotency-key", "required", _ACCOUNT, "only reads"),
    Break(
        "idempotency", f"{_PARAMETERS}/IdempotencyKey/required", False, f"{_PARAMETERS}/IdempotencyKey", "not required"
    ),
    Break("shared-headers", f"{_ACCOUNT}/parameters/0", _KEY, _ACCOUNT, "lacks the parameter MolamVersion"),
    Break("inbound", f"{_RECEIVE}/x-molam-inbound", REMOVED, _RECEIVE, "called by providers but is not marked"),
    Break("inbound", f"{_ACCOUNT}/x-molam-inbound", True, _ACCOUNT, "not called by providers"),
    Break("same-id", f"{_CONFIRM}/x-molam-same-id", REMOVED, _CONFIRM, "but is not marked"),
    Break("same-id", f"{_CREATE}/x-molam-same-id", True, _CREATE, "is marked x-molam-same-id"),
    Break("secret-response", f"{_ROTATE}/x-secret-response", REMOVED, _ROTATE, "but is not marked"),
    Break("secret-response", f"{_CREATE}/x-secret-response", True, _CREATE, "answers no secret"),
    Break("secret-request", f"{_CONFIGURE}/x-secret-request", REMOVED, _CONFIGURE, "is sent a secret but is not"),
    Break("secret-request", f"{_CREATE}/x-secret-request", True, _CREATE, "is sent no secret"),
    Break("lists", f"{_LIST}/parameters/2", _KEY, _LIST, "lacks the parameter Limit"),
    Break(
        "lists",
        "#/components/schemas/EventList/properties/total",
        {"type": "integer"},
        f"{_LIST}/responses/200",
        "does not answer object, data",
    ),
    Break("security", f"{_HEALTH}/security", REMOVED, _HEALTH, "without security"),
    Break("same-id", f"{_PROVIDER}/x-molam-same-id", True, _PROVIDER, "is marked x-molam-same-id"),
    Break("lists", f"{_PAYMENTS}/parameters/3", _KEY, _PAYMENTS, "lacks the parameter Page"),
    Break(
        "lists",
        "#/components/schemas/PaymentList/properties/total",
        {"type": "integer"},
        f"{_PAYMENTS}/responses/200",
        "does not answer object, data, page",
    ),
    Break(
        "retrieved-by",
        f"{_REFUND}/x-molam-retrieved-by",
        "retrieve_refund",
        f"{_REFUND}/x-molam-retrieved-by",
        "something else",
    ),
    Break("retrieved-by", f"{_REFUND}/x-molam-retrieved-by", "none", f"{_REFUND}/x-molam-retrieved-by", "no operation"),
    Break("body-required", f"{_CREATE}/requestBody/required", False, f"{_CREATE}/requestBody", "is optional"),
    Break("body-required", f"{_ACCOUNT}/requestBody", {"required": True}, f"{_ACCOUNT}/requestBody", "GET has no body"),
]
