"""Deterministic simulations of the SDK's decisions: no sockets, no threads, no clock but their own."""
