"""The SDK in frameworks."""
