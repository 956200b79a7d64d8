"""A service that people subscribe to, and pay for through Molam."""
