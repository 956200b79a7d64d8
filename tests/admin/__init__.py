"""The dashboard: its rules over plain HTTP, and whole stories in a browser."""
