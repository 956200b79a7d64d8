"""What the gateway tells of its own work: figures, spans and log records."""

from .telemetry import Telemetry
from .work import Work

__all__ = ["Telemetry", "Work"]
