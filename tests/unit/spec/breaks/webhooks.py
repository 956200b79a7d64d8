"""Changes to the webhooks section and to the requests that name event types."""

from .edit import REMOVED, Break

_PING = "#/webhooks/ping/post"
_BODY = f"{_PING}/requestBody"
_FAILED = "#/webhooks/refund.failed"
_ENABLED = "#/components/schemas/CreateWebhookEndpointRequest/properties/enabled_events/items"
_TRIGGER = "#/components/schemas/TriggerEventRequest/properties/type"
_REFUND = {"$ref": "#/components/schemas/Refund"}

BREAKS = [
    Break(
        "webhook-deliveries", f"{_BODY}/content/application~1json/schema", _REFUND, _PING, "does not require an Event"
    ),
    Break("webhook-deliveries", f"{_BODY}/required", False, _PING, "does not require an Event"),
    Break("webhook-deliveries", f"{_PING}/responses", {"200": {"description": "."}}, _PING, "any 2XX"),
    Break("webhook-deliveries", f"{_PING}/parameters", [], _PING, "lacks the headers MolamSignature"),
    Break(
        "webhook-deliveries", "#/webhooks/RefundFailed", {"post": {}}, "#/webhooks/RefundFailed/post", "'RefundFailed'"
    ),
    Break("webhook-objects", f"{_PING}/x-event-object", "Ping", _PING, "'Ping', which is no schema"),
    Break("webhook-objects", f"{_PING}/x-event-object", REMOVED, _PING, "None, which is no schema"),
    Break("webhook-objects", f"{_PING}/x-event-object", "Refund", _PING, "does not carry a Refund"),
    Break("event-types", _FAILED, REMOVED, _ENABLED, "takes refund.failed"),
    Break("event-types", "#/webhooks/refund.lost", {"post": {}}, _ENABLED, "refuses the event type refund.lost"),
    Break("event-types", f"{_TRIGGER}/pattern", "^.*$", _TRIGGER, "which is no event type"),
    Break("event-types", f"{_TRIGGER}/pattern", "^ping$", _TRIGGER, "refuses the event type charge.failed"),
]
