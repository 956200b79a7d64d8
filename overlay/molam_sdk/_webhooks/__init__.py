"""Reads webhooks and tells whether they are authentic."""
