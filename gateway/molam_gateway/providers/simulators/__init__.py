"""Stand-ins for providers that keep books of their own."""
