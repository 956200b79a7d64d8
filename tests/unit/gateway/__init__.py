"""Tests of the gateway without HTTP."""
