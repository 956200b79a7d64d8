"""The providers by name: the built-in ones and those that installed packages announce."""
