"""Stripe (cards)."""

from .adapter import Stripe

__all__ = ["Stripe"]
