"""The operations of a spec, one after the other, with their parameters followed."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from _regenerate.spec import Spec, resolve

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation(NamedTuple):
    """One method of one path."""

    method: str
    path: str
    declared: dict[str, Any]
    parameters: list[dict[str, Any]]
    """Of the operation, then those of the path item that it does not replace; references followed."""

    @property
    def id(self) -> str:
        return str(self.declared.get("operationId", ""))

    @property
    def where(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def is_inbound(self) -> bool:
        """Whether providers call it, not clients."""
        return self.declared.get("x-molam-inbound") is True

    def named(self, location: str) -> list[str]:
        """The parameters' names on the wire in one location (path, query, header, cookie)."""
        return [parameter["name"] for parameter in self.parameters if parameter["in"] == location]


def operations(spec: Spec) -> Iterator[Operation]:
    """Every operation, in the order of the spec; a `$ref` path item is followed."""
    for path, referenced in spec.get("paths", {}).items():
        item = resolve(spec, referenced)
        for method in METHODS:
            declared = item.get(method)
            if declared is not None:
                own = [resolve(spec, parameter) for parameter in declared.get("parameters", [])]
                taken = {(parameter["name"], parameter["in"]) for parameter in own}
                shared = [resolve(spec, parameter) for parameter in item.get("parameters", [])]
                inherited = [each for each in shared if (each["name"], each["in"]) not in taken]
                yield Operation(method, path, declared, own + inherited)


def called(spec: Spec) -> Iterator[Operation]:
    """Every operation that clients call."""
    return (operation for operation in operations(spec) if not operation.is_inbound)


def json_schema(spec: Spec, content_holder: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the JSON content of a request body or response, None if it has none."""
    for media_type, media in resolve(spec, content_holder).get("content", {}).items():
        if media_type.split(";")[0].endswith(("/json", "+json")):
            schema: dict[str, Any] = media.get("schema", {})
            return schema
    return None
