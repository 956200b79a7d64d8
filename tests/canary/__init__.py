"""Runs other tests with marked values and searches everything that could be written down for them."""
