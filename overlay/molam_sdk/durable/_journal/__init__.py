"""The write-ahead journal of mutating calls."""
