"""One suite for every provider: an adapter talks to its simulator over a socket, the simulator's book is the oracle."""
