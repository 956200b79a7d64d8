"""Figures of the SDK's calls for Prometheus; needs `pip install "molam-sdk-python[prometheus]"`."""

from ._metrics import MolamMetrics

__all__ = ["MolamMetrics"]
