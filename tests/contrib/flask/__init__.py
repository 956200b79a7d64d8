"""The integration with Flask."""
