"""Payment providers: the contract, the registry and one dialect per file."""
