"""Reads parameters and refuses what Stripe refuses before it executes anything."""

from collections.abc import Mapping
from typing import Any, cast

from .errors import invalid
from .form import FormError, texts

_MOST_METADATA = 50
_LONGEST_KEY = 40
_LONGEST_VALUE = 500


class Parameters:
    """The parameters of one request; every member is looked at once and the rest is unknown."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._left = dict(given)
        self.expand = self._texts("expand")

    def text(self, name: str) -> str | None:
        """A plain value; an empty one counts as none."""
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, str):
            raise invalid(f"Invalid string: {name}", None, name)
        return value or None

    def required(self, name: str) -> str:
        """A plain value that must be there."""
        value = self.text(name)
        if value is None:
            raise invalid(f"Missing required param: {name}.", "parameter_missing", name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        if value is None:
            return None
        if not (value.isascii() and value.removeprefix("-").isdecimal() and len(value) < 20):
            raise invalid(f"Invalid integer: {value}", "parameter_invalid_integer", name)
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false; false if it is not there."""
        value = self.text(name)
        if value not in {None, "true", "false"}:
            raise invalid(f"Invalid boolean: {value}", None, name)
        return value == "true"

    def choice(self, name: str, *choices: str) -> str | None:
        """One of the words."""
        value = self.text(name)
        if value is not None and value not in choices:
            raise invalid(f"Invalid {name}: must be one of {', '.join(choices)}", None, name)
        return value

    def members(self, name: str) -> dict[str, Any]:
        """Nested parameters."""
        value = self._left.pop(name, {})
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {name}", "parameter_invalid_empty" if value == "" else None, name)
        return cast(dict[str, Any], value)

    def metadata(self) -> dict[str, str]:
        """Metadata within its limits; an empty value removes a key."""
        given = self.members("metadata")
        if len(given) > _MOST_METADATA:
            raise invalid("Metadata can have up to 50 keys", None, "metadata")
        for key, value in given.items():
            if len(key) > _LONGEST_KEY or not isinstance(value, str) or len(value) > _LONGEST_VALUE:
                raise invalid("Metadata keys have up to 40 characters, values up to 500", None, "metadata")
        return given

    def listed(self, name: str) -> list[str]:
        """A list of plain values."""
        return self._texts(name)

    def end(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._left:
            raise invalid(f"Received unknown parameter: {name}", "parameter_unknown", name)

    def _texts(self, name: str) -> list[str]:
        try:
            return texts(self._left.pop(name, []))
        except FormError as error:
            raise invalid(f"Invalid array: {error}", None, name) from None
