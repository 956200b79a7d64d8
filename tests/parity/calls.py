"""Calls the method that belongs to an operation."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from tests.parity.samples import Sample
from tests.parity.surface import METHODS


def perform(client: Any, sample: Sample, arguments: Mapping[str, Any]) -> Any:
    """The object that comes back; of a list, the items of its first page."""
    resource, name = METHODS[sample.operation_id]
    result = getattr(attrgetter(resource)(client), name)(*sample.ids.values(), **arguments)
    return list(result.page().data) if name == "list" else result


def perform_raw(client: Any, sample: Sample, arguments: Mapping[str, Any]) -> Any:
    """The answer behind the object."""
    resource, name = METHODS[sample.operation_id]
    return getattr(attrgetter(resource)(client.with_raw_response), name)(*sample.ids.values(), **arguments)
