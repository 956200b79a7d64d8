"""Changes to links and to what refers to components."""

from .edit import REMOVED, Break

_LINK = "#/components/links/RetrieveRefund"
_ANSWER = "#/paths/~1v1~1connect~1charges~1{charge_id}~1refund/post/responses/201"
_EVENT = "#/paths/~1v1~1events~1{event_id}/get"

BREAKS = [
    Break("link-targets", f"{_LINK}/operationId", "get_refund", _LINK, "'get_refund', which is no operation"),
    Break("link-targets", f"{_LINK}/parameters/id", "x", _LINK, "has no parameter id"),
    Break("link-targets", f"{_LINK}/parameters/refund_id", REMOVED, _LINK, "needs refund_id"),
    Break(
        "link-sources",
        f"{_LINK}/parameters/refund_id",
        "$response.body#/refund/id",
        f"{_ANSWER}/links/RetrieveRefund",
        "finds nothing",
    ),
    Break("link-sources", f"{_LINK}/parameters/refund_id", "{id}", f"{_ANSWER}/links/RetrieveRefund", "finds nothing"),
    Break("links-reach", f"{_EVENT}/operationId", "retrieve_fact", _EVENT, "no answer has a link to retrieve_fact"),
    Break("unused-components", "#/components/schemas/Fee", {"type": "integer"}, "#/components/schemas/Fee", "nowhere"),
    Break("unused-components", "#/components/links/Spare", {}, "#/components/links/Spare", "nowhere"),
    Break("unused-components", "#/components/examples/spare", {"value": 1}, "#/components/examples/spare", "nowhere"),
]
