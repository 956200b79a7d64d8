"""What an outcome does to the objects: one file per kind of attempt."""
