"""What the stand-ins of the testing kit raise."""

from __future__ import annotations

from ..errors import ConfigurationError


class StandInError(ConfigurationError, AssertionError):
    """Raised when a stand-in for the API is asked for what it was not told, or was told what the API never says."""
