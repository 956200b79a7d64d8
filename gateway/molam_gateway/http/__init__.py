"""HTTP: from bytes on a socket to an operation's call, and back."""
