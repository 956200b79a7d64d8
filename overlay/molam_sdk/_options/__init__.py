"""Checks what a client can be told."""
