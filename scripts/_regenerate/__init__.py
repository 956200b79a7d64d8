"""The parts of scripts/regenerate."""
