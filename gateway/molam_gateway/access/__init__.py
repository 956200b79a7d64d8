"""Who calls: API keys and signed tokens, and how often anybody may."""
