"""The gateway's fixtures for this folder."""

from tests.gateway_fixtures import api, gateway, receiver, shared_api, shared_gateway

__all__ = ["api", "gateway", "receiver", "shared_api", "shared_gateway"]
