"""The values that must never be seen: those that the plugin puts into calls, and every key and secret of a client."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from molam_sdk._shapes import is_list

WORD = "Zq7kanari"
PHONE = "+221779114477"
CUSTOMER = {"phone": PHONE, "email": f"awa.{WORD}mail@example.com", "name": f"Awa {WORD}name"}
DESCRIPTION = f"for Awa {WORD}description"
NOTE = f"{WORD}note"

SHORTEST = 12
"""How many characters a value has at least that is not found by chance."""

_PARTS = {"email": WORD + "mail", "name": WORD + "name", "description": WORD + "description", "metadata": NOTE}
CUSTOMER_DATA = {"phone", *_PARTS}
"""The names of the values that a body may hold; the others are secrets."""


class Marks:
    """What is searched for, with a name for each value, which may be shown in its place."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self.add("phone", PHONE.removeprefix("+"))
        for name, value in _PARTS.items():
            self.add(name, value)

    def add(self, name: str, value: object) -> None:
        """Search for a value too, if it is long enough not to be found by chance."""
        if isinstance(value, str):
            value = value.removeprefix("sk_test_").removeprefix("sk_live_").removeprefix("whsec_")
            if len(value) >= SHORTEST and value not in self._names:
                for form in {value, quote(value, safe=""), json.dumps(value)[1:-1]}:
                    self._names.setdefault(form, name)
                self._pattern = None

    def add_secrets(self, config: Any) -> None:
        """Search for the key and the webhook secrets of a client."""
        self.add("api key", config.api_key)
        secret: Any = config.webhook_secret
        for each in secret.values() if hasattr(secret, "values") else secret if is_list(secret) else (secret,):
            self.add("webhook secret", each)

    def found_in(self, text: str) -> set[str]:
        """Return the names of the values in a text."""
        if self._pattern is None:
            self._pattern = re.compile("|".join(map(re.escape, sorted(self._names, key=len, reverse=True))))
        return {self._names[match[0]] for match in self._pattern.finditer(text)}

    def masked(self, text: str) -> str:
        """Return a text with the names in place of the values."""
        if self._pattern is None:
            self.found_in("")
        assert self._pattern is not None
        return self._pattern.sub(lambda match: f"<{self._names[match[0]]}>", text)
