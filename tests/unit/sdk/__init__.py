"""Tests of the SDK without a gateway."""
