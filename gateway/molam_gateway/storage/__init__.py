"""Statements and guarded writes, one file per table, over a small port with one driver per database."""
