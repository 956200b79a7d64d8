"""Families of figures as they go between processes and to Prometheus."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeAlias

from prometheus_client import CollectorRegistry

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_WORKER = "worker"

Sample: TypeAlias = tuple[str, Mapping[str, str], float]
"""A name, its labels and the figure."""


@dataclass(slots=True)
class Family:
    """Samples of one kind."""

    name: str
    kind: str
    help: str
    samples: list[Sample] = field(default_factory=list[Sample])


def collected(registry: CollectorRegistry, worker: str) -> list[Family]:
    """What a registry holds, each sample labelled with the process that it is of."""
    return [
        Family(
            each.name,
            each.type,
            each.documentation,
            [
                (sample.name, {**sample.labels, _WORKER: worker}, sample.value)
                for sample in each.samples
                if not sample.name.endswith("_created")
            ],
        )
        for each in registry.collect()
    ]


def merged(parts: Iterable[Sequence[Family]]) -> list[Family]:
    """Families of several processes, those of one name in one."""
    found: dict[str, Family] = {}
    for part in parts:
        for family in part:
            if family.name in found:
                found[family.name].samples.extend(family.samples)
            else:
                found[family.name] = Family(family.name, family.kind, family.help, list(family.samples))
    return list(found.values())


def text(families: Iterable[Family]) -> bytes:
    """The text format of Prometheus, version 0.0.4."""
    lines: list[str] = []
    for family in families:
        name = f"{family.name}_total" if family.kind == "counter" else family.name
        lines += [f"# HELP {name} {_escaped(family.help)}", f"# TYPE {name} {family.kind}"]
        lines += [f"{name}{_labels(labels)} {_number(value)}" for name, labels, value in family.samples]
    return ("\n".join(lines) + "\n").encode()


def to_json(families: Iterable[Family]) -> list[list[object]]:
    """Families for another process."""
    return [[each.name, each.kind, each.help, each.samples] for each in families]


def from_json(document: Any) -> list[Family]:
    """Families of another process. Raises TypeError or ValueError for anything else."""
    return [
        Family(
            str(name), str(kind), str(text), [(str(of), dict(labels), float(value)) for of, labels, value in samples]
        )
        for name, kind, text, samples in document
    ]


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_quoted(value)}"' for name, value in labels.items()) + "}"


def _number(value: float) -> str:
    if not isfinite(value):
        return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(words: str) -> str:
    return _escaped(words).replace('"', r"\"")
