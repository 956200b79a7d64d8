"""What scripts/check_imports is made of: reading imports, the layers, judging one by the other."""
