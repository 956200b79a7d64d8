"""The path of a call through a client: from arguments to a request, from an answer to an object."""
