"""What is kept in databases: on SQLite, PostgreSQL and MariaDB, sync and async."""
