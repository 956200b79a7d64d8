"""What our reference and description become in the fields that Daraja has for them."""

import re

_OWN = re.compile(r"molam_([0-9a-f]{32})")
_CONVERSATION = re.compile(r"[0-9a-f]{32}")
_UNFIT = re.compile(r"[^A-Za-z0-9 ]+")
_REFERENCE_LENGTH = 12
_DESCRIPTION_LENGTH = 13
_REMARKS_LENGTH = 100


def account_reference(reference: str) -> str:
    """At most 12 letters and digits, which the customer sees: the beginning of our reference."""
    return re.sub(r"[^A-Za-z0-9]", "", reference.removeprefix("molam_"))[:_REFERENCE_LENGTH].upper()


def description(text: str | None) -> str:
    """At most 13 characters."""
    return _plain(text)[:_DESCRIPTION_LENGTH].strip() or "Payment"


def remarks(text: str | None) -> str:
    """Between 2 and 100 characters."""
    plain = _plain(text)[:_REMARKS_LENGTH].strip()
    return plain if len(plain) > 1 else "Payment"


def conversation_id(reference: str) -> str:
    """The OriginatorConversationID of a payout: our reference, shorter, always the same for one instruction."""
    own = _OWN.fullmatch(reference)
    return own[1] if own else reference


def reference(conversation_id: str) -> str | None:
    """Our reference behind an OriginatorConversationID of ours, None if it is the provider's own."""
    return f"molam_{conversation_id}" if _CONVERSATION.fullmatch(conversation_id) else None


def _plain(text: str | None) -> str:
    return " ".join(_UNFIT.sub(" ", text or "").split())
