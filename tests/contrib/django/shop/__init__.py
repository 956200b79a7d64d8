"""An application of the tests' project."""
