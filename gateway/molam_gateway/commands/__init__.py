"""What may be done from a terminal: a module per command, whose `run(options)` returns the exit status."""
