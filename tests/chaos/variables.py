"""What the programs of a story are told by environment variables of the tests' own."""

TALLY = "MOLAM_CHAOS_TALLY"
"""The file that gets a line for each failpoint that is reached: what is in it survives the process."""

DEFECT = "MOLAM_CHAOS_DEFECT"
"""The defect that is planted."""

TABLES = "MOLAM_CHAOS_TABLES"
"""A migrated SQLite database without rows: the book of CPay over HTTP is in tables of the gateway's schema."""
