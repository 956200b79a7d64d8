"""Stripe: the adapter, the simulated account, and both together."""
