"""What fits the SDK into frameworks, one package for each."""
