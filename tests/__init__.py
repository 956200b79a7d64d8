"""Checks of the SDK, the sandbox gateway and the seam between them."""
