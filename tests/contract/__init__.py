"""The SDK and the gateway against the spec and against each other."""
