"""Makes the durable tables with `manage.py migrate`."""
