"""What the gateway does in a second, beside what its machine could do at most."""
