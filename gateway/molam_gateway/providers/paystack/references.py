"""Our references as Paystack takes them: letters, digits and dashes, in lower case."""

OURS = "molam_"
_THEIRS = "molam-"


def theirs(reference: str) -> str:
    """What a reference of ours is called at Paystack."""
    return reference.replace("_", "-")


def ours(reference: object) -> str | None:
    """Our name for what Paystack calls by this reference, None if we did not give it."""
    if not isinstance(reference, str) or not reference.startswith(_THEIRS):
        return None
    return OURS + reference.removeprefix(_THEIRS)
