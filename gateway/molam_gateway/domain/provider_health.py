"""Tells from what became of the latest attempts how a provider is."""

from collections.abc import Mapping

_FEW = 3
"""So many lost answers say nothing of the provider yet, where nothing else was sent."""


def health(counts: Mapping[str, int]) -> str:
    """`up`, `degraded` or `down` by the attempts of late and their states; `unknown` without any.

    What the provider said, a refusal too, shows that it works; what it left unknown shows the contrary.
    """
    lost, all = counts.get("unknown", 0), sum(counts.values()) - counts.get("sending", 0)
    if all == 0:
        return "unknown"
    if lost == 0:
        return "up"
    return "down" if lost == all and lost >= _FEW else "degraded"
