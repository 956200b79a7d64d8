"""Whether the document is OpenAPI 3.1 at all, as openapi-spec-validator sees it."""

from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from _regenerate.spec import Spec
from _spec.document import child
from _spec.finding import Finding

_REMEDY = "See the OpenAPI 3.1 specification."


def violations(spec: Spec) -> list[Finding]:
    """Every violation of the OpenAPI 3.1 schema, the innermost cause of each."""
    found: list[Finding] = []
    for error in OpenAPIV31SpecValidator(spec).iter_errors():
        cause: Any = error
        while getattr(cause, "context", None):
            cause = max(cause.context, key=lambda each: len(each.absolute_path))
        pointer = child("#", *getattr(cause, "absolute_path", []))
        found.append(Finding("openapi-3.1", pointer, str(cause.message)[:500], _REMEDY))
    return found
