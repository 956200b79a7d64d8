"""Changes to single values."""

from .edit import REMOVED, Break

_REFUND = "#/components/schemas/Refund/properties"
_REQUEST = "#/components/schemas/CreateRefundRequest/properties"
_PAYMENT = "#/components/schemas/Payment/properties"
_LIMIT = "#/components/parameters/Limit/schema"

BREAKS = [
    Break("integers-only", f"{_REFUND}/amount/type", "number", f"{_REFUND}/amount", "number with a fraction"),
    Break("integers-only", f"{_REFUND}/amount/type", ["number", "null"], f"{_REFUND}/amount", "number with a fraction"),
    Break("amounts", f"{_REFUND}/amount/maximum", 2**63 - 1, f"{_REFUND}/amount", "maximum: 9007199254740991"),
    Break("amounts", f"{_REFUND}/amount/format", "int32", f"{_REFUND}/amount", "format: int64"),
    Break("amounts", f"{_REQUEST}/amount/minimum", 0, f"{_REQUEST}/amount", "minimum: 1"),
    Break("amounts", f"{_PAYMENT}/amount/type", "integer", f"{_PAYMENT}/amount", "type: string"),
    Break("amounts", f"{_PAYMENT}/amount/maxLength", 30, f"{_PAYMENT}/amount", "maxLength: 20"),
    Break("bounded", f"{_REFUND}/reason/maxLength", REMOVED, f"{_REFUND}/reason", "string without maxLength"),
    Break("bounded", f"{_LIMIT}/maximum", REMOVED, _LIMIT, "integer without maximum"),
    Break(
        "bounded",
        "#/components/schemas/RefundList/properties/data/maxItems",
        REMOVED,
        "#/components/schemas/RefundList/properties/data",
        "array without maxItems",
    ),
    Break("patterns", f"{_REFUND}/currency/pattern", "[A-Z]{3}", f"{_REFUND}/currency", "merely contains"),
    Break("patterns", f"{_REFUND}/currency/pattern", "^[A-Z$", f"{_REFUND}/currency", "not readable"),
    Break("patterns", f"{_REFUND}/currency/pattern", r"^\"[A-Z]$", f"{_REFUND}/currency", "ECMAScript"),
    Break("patterns", f"{_REFUND}/currency/pattern", r"^[A-Z]\Z$", f"{_REFUND}/currency", "ECMAScript"),
    Break("patterns", f"{_REFUND}/currency/pattern", "^(?i:usd)$", f"{_REFUND}/currency", "ECMAScript"),
    Break("patterns", f"{_REFUND}/currency/pattern", "^(?P<code>[A-Z]{3})$", f"{_REFUND}/currency", "ECMAScript"),
]
