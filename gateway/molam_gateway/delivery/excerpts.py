"""What is kept of a receiver's answer: its beginning, without what must not be stored."""

import re

from ..domain.card_data import contains_card_number

MAX_BYTES = 1024
_DIGITS = re.compile(r"[0-9](?:[ -]?[0-9]){11,18}", re.ASCII)
_SECRETS = re.compile(
    r"whsec_[A-Za-z0-9+/=_-]{4,}"
    r"|\b[sr]k_(?:test|live)_[A-Za-z0-9_-]{4,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}"
    r"|(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}"
    r"|(?i:\b(?:password|passwd|secret|token|api_?key|authorization)[\"']?\s*[:=]\s*(?:(?:bearer|basic)\s+)?)[\"']?[^\s\"',;&<]{4,}"
)
_REDACTED = "[redacted]"


def excerpt(answer: bytes) -> str:
    """At most 1 kB of text; card numbers, keys, tokens and passwords are blotted out, control characters dropped."""
    text = answer[:MAX_BYTES].decode("utf-8", "replace")
    text = "".join(character for character in text if character.isprintable() or character in "\n\t")
    text = _SECRETS.sub(_REDACTED, text)
    if contains_card_number(text):
        text = _DIGITS.sub(_REDACTED, text)
    return text.encode()[:MAX_BYTES].decode("utf-8", "ignore")
