"""A shop that is paid through Molam."""
