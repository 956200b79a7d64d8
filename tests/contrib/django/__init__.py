"""The SDK in a Django project, on real databases."""
