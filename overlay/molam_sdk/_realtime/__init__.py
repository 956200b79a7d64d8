"""Follows payments live: what a frame says, when to connect again, and the two ways to wait."""
