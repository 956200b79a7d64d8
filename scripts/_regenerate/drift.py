"""What is committed against what the spec gives: hand edits, stale outputs, strangers."""

from collections.abc import Mapping

from _regenerate.provenance import sha256

_RECORD = "PROVENANCE.toml"


def differences(
    *, present: Mapping[str, bytes], recorded: Mapping[str, str], fresh: Mapping[str, bytes]
) -> dict[str, list[str]]:
    """Reason -> output names; empty if `present` is exactly `fresh`.

    A file that is not what PROVENANCE.toml recorded when it was written was changed by hand; one that is as recorded
    but not what would be written now is stale.
    """
    reasons: dict[str, list[str]] = {}
    for name in sorted({*present, *fresh}):
        content = present.get(name)
        if content == fresh.get(name):
            continue
        if name not in fresh:
            reason = "is left over, or was put there by hand"
        elif content is None:
            reason = "is missing"
        elif name != _RECORD and sha256(content) != recorded.get(name):
            reason = "was edited by hand"
        else:
            reason = "is out of date"
        reasons.setdefault(reason, []).append(name)
    return reasons
