"""Takes out of a line of the log what must not be in it, should anybody have put it there."""

import re

from ..domain.card_data import contains_card_number
from ..domain.secret_shapes import SHAPES

_GONE = "[redacted]"
_SECRET = re.compile("|".join((*SHAPES, r"-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|\Z)")))
_CREDENTIAL = re.compile(r"(?i)\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=:-]{6,}")
_MEMBER = re.compile(
    r"(?i)(\b(?:authorization|api[_-]?key|secret|password|passkey|cvv|cvc|ticket|(?:[a-z]{1,20}_)?token)[\"']?\s*[=:]\s*[\"']?)"
    r"(?!\[redacted\])(?!(?:bearer|basic)\s)[^\s\"',;&)}\]]+"
)
_USERINFO = re.compile(r"(://)[^/@\s:]*(?::[^/@\s]*)?@")
_NUMBER = re.compile(r"(?<![0-9A-Za-z_.-])\+?[0-9](?:[ -]?[0-9]){11,18}(?![0-9A-Za-z_])")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z_.:-])\+[0-9](?:[ ().-]?[0-9]){7,14}(?![0-9])"
    r"|(?<![0-9A-Za-z_.:+-])254[0-9]{9}(?![0-9])"
)


def redacted(text: str) -> str:
    """The text without keys, tokens, credentials in URLs, card numbers and phone numbers."""
    text = _SECRET.sub(_GONE, text)
    text = _CREDENTIAL.sub(rf"\1\2{_GONE}", text)
    text = _MEMBER.sub(rf"\1{_GONE}", text)
    text = _USERINFO.sub(rf"\1{_GONE}@", text)
    text = _NUMBER.sub(_unless_harmless, text)
    return _PHONE.sub(_GONE, text)


def _unless_harmless(found: re.Match[str]) -> str:
    return _GONE if contains_card_number(found[0]) else found[0]
