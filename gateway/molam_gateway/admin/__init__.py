"""The dashboard at /admin: pages rendered on the server for people who hold an API key."""
