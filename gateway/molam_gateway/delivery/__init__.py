"""Outgoing webhooks: from the events outbox to the receivers' HTTP servers."""
