"""The parts of scripts/check_spec."""
