"""Changes to what operations answer."""

from .edit import REMOVED, Break

_CREATE = "#/paths/~1v1~1connect~1payment_intents/post/responses"
_ACCOUNT = "#/paths/~1v1~1account/get/responses"
_INITIALIZE = "#/paths/~1api~1v1~1payments~1initialize/post/responses"
_RECEIVE = "#/paths/~1api~1v1~1callbacks~1{token}/post/responses"
_RESPONSES = "#/components/responses"
_BALANCE = {"$ref": "#/components/schemas/Balance"}

BREAKS = [
    Break("statuses", f"{_CREATE}/409", REMOVED, _CREATE, "create_payment_intent can also answer 409"),
    Break("statuses", f"{_ACCOUNT}/503", REMOVED, _ACCOUNT, "retrieve_account can also answer 503"),
    Break("statuses", f"{_ACCOUNT}/default", {"$ref": f"{_RESPONSES}/Conflict"}, _ACCOUNT, "never answers default"),
    Break("statuses", f"{_ACCOUNT}/409", {"$ref": f"{_RESPONSES}/Conflict"}, _ACCOUNT, "never answers 409"),
    Break("statuses", f"{_INITIALIZE}/201", REMOVED, _INITIALIZE, "initialize_payment can also answer 201"),
    Break("statuses", f"{_RECEIVE}/403", {"$ref": f"{_RESPONSES}/Forbidden"}, _RECEIVE, "never answers 403"),
    Break("problems", f"{_ACCOUNT}/404", {"description": "No."}, f"{_ACCOUNT}/404", "written in place"),
    Break("problems", f"{_RESPONSES}/Conflict/content", {}, f"{_RESPONSES}/Conflict", "not a Problem"),
    Break(
        "problems",
        f"{_RESPONSES}/Conflict/content/application~1problem+json/schema",
        _BALANCE,
        f"{_RESPONSES}/Conflict",
        "not a Problem",
    ),
    Break("answer-headers", f"{_ACCOUNT}/200/headers/Request-Id", REMOVED, f"{_ACCOUNT}/200", "lacks"),
    Break(
        "answer-headers", f"{_CREATE}/201/headers/Idempotent-Replayed", REMOVED, f"{_CREATE}/201", "Idempotent-Replayed"
    ),
    Break("answer-headers", f"{_RESPONSES}/RateLimited/headers/Retry-After", REMOVED, f"{_ACCOUNT}/429", "Retry-After"),
    Break(
        "answer-headers",
        "#/components/headers/MolamAttemptId/required",
        True,
        "#/components/headers/MolamAttemptId",
        "must not be required",
    ),
]
