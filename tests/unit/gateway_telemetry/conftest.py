"""The gateway's fixtures for this folder."""

from collections.abc import Iterator

import pytest

from tests.gateway_databases import PostgresSchema, postgres_schema
from tests.gateway_fixtures import api, gateway, receiver, shared_api, shared_gateway

__all__ = ["api", "gateway", "receiver", "schema", "shared_api", "shared_gateway"]


@pytest.fixture(scope="module")
def schema() -> Iterator[PostgresSchema]:
    """A migrated schema of PostgreSQL."""
    with postgres_schema() as made:
        yield made
