"""Programs that make their client before their server forks."""
