"""The command `molam` as people run it: a process of its own, beside a gateway that runs."""
