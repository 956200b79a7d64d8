"""Runs the revisions on the connection that `migrate` hands over, each in a transaction of its own."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], transactional_ddl=True, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
