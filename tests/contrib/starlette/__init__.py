"""The integration with Starlette and FastAPI."""
