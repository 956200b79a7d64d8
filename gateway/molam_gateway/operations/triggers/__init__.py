"""How the sandbox brings about the fact behind each type of event."""
