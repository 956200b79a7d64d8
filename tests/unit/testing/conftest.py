"""The gateway's fixtures for this folder."""

from tests.gateway_fixtures import receiver

__all__ = ["receiver"]
