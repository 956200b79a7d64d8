"""The parts of the webhook inbox: what it keeps, decides and runs."""
