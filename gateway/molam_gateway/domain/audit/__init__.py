"""The audit trail: what an entry says, what it must not say, and how entries are chained so that changes show."""
