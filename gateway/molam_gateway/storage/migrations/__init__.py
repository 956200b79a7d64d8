"""The schema's history, applied by Alembic when the gateway starts."""
