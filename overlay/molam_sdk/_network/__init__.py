"""How one attempt gets to the API and its answer back: connections, TLS, proxies, transports."""
