"""What scripts/demo and scripts/test share: finding interpreters, making environments. Standard library only."""
