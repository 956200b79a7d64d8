"""One module per revision; revision identifiers are their numbers."""
