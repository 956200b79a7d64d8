"""The gateway's decisions as pure functions and values; standard library only."""
