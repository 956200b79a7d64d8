"""The walk through a payment that scripts/demo shows, once with each client."""
