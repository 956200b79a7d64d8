"""Reads a page of figures with the parser of the reference library."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

PREFIX = "molam_gateway_"


def samples(page: str) -> Mapping[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every figure by its name and labels; each is on the page once."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def figure(page: str, name: str, **labels: str) -> float:
    """The sum of the figures of this name with at least these labels."""
    wanted = set(labels.items())
    return sum(value for (of, its), value in samples(page).items() if of == PREFIX + name and wanted <= its)
