"""The Molam payment gateway, embeddable as a sandbox."""

__version__ = "0.1.0"

__all__ = ["__version__"]
