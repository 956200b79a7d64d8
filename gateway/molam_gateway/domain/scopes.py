"""Scopes that more than one room asks for."""

PLATFORM_READ = "platform:read"
"""The state of the whole gateway: its parts, its process, its figures across accounts. For those who run it, not for
merchants, who see their own under `ops:read`."""
