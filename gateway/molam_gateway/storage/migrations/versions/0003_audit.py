"""The audit trail: entries and seals that the database refuses to change, and where each chain ends."""

from alembic import op

from molam_gateway.storage.migrations.statements import run

revision = "0003"
down_revision = "0002"

AUDIT_LOGS = """
CREATE TABLE audit_logs (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL,
    livemode BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    actor_type TEXT NOT NULL CHECK (actor_type IN ('api_key', 'user', 'system', 'provider')),
    actor_id {id},
    address TEXT,
    user_agent TEXT,
    request_id TEXT,
    idempotency_key TEXT,
    action {id} NOT NULL,
    resource_type TEXT,
    resource_id {id},
    sequence BIGINT NOT NULL,
    before TEXT,
    after TEXT,
    outcome TEXT NOT NULL,
    body_hash TEXT,
    key_id TEXT NOT NULL,
    content_hash TEXT NOT NULL
)
"""
AUDIT_SEALS = """
CREATE TABLE audit_seals (
    account_id {id} NOT NULL,
    livemode BOOLEAN NOT NULL,
    sequence BIGINT NOT NULL,
    audit_log_id {id} NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    key_id TEXT NOT NULL,
    mac TEXT NOT NULL,
    PRIMARY KEY (account_id, livemode, sequence)
)
"""
AUDIT_HEADS = """
CREATE TABLE audit_heads (
    account_id {id} NOT NULL,
    livemode BOOLEAN NOT NULL,
    ordinal BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    mac TEXT NOT NULL,
    key_id TEXT NOT NULL,
    head_mac TEXT NOT NULL,
    PRIMARY KEY (account_id, livemode)
)
"""
AUDIT_UNSEALED = "CREATE TABLE audit_unsealed (audit_log_id {id} PRIMARY KEY)"
INDEXES = (
    "CREATE INDEX audit_logs_page ON audit_logs (account_id, livemode, id)",
    "CREATE INDEX audit_logs_of_resource ON audit_logs (resource_id, id)",
)
_TABLES = ("audit_logs", "audit_seals")

_SQLITE_REFUSAL = """
CREATE TRIGGER {0}_{1} {2}
BEGIN
    SELECT RAISE(ABORT, '{0} only grows: rows are neither changed nor deleted');
END
"""
_SQLITE_CASES = {
    "no_update": "BEFORE UPDATE ON {0}",
    "no_delete": "BEFORE DELETE ON {0}",
    "no_replacement": "BEFORE INSERT ON {0} WHEN EXISTS (SELECT 1 FROM {0} WHERE {1})",
}
"""The last one, because INSERT OR REPLACE deletes without running triggers for DELETE."""

_SQLITE_SAME = {
    "audit_logs": "id = NEW.id",
    "audit_seals": "audit_log_id = NEW.audit_log_id"
    " OR (account_id = NEW.account_id AND livemode = NEW.livemode AND sequence = NEW.sequence)",
}

_POSTGRESQL_FUNCTIONS = (
    """
    CREATE FUNCTION molam_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% only grows: rows are neither changed nor deleted', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    """
    CREATE FUNCTION molam_audit_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO audit_unsealed (audit_log_id) VALUES (NEW.id);
        RETURN NULL;
    END
    $$
    """,
)
_POSTGRESQL_QUEUE = """
CREATE TRIGGER audit_logs_await_seal AFTER INSERT ON audit_logs
FOR EACH ROW EXECUTE FUNCTION molam_audit_await_seal()
"""
_POSTGRESQL_REFUSALS = """
CREATE TRIGGER {0}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
FOR EACH STATEMENT EXECUTE FUNCTION molam_audit_only_grows()
"""


def upgrade() -> None:
    """Create the tables and what protects them."""
    run(AUDIT_LOGS, AUDIT_SEALS, AUDIT_HEADS, AUDIT_UNSEALED, *INDEXES)
    if op.get_bind().dialect.name == "postgresql":
        run(*_POSTGRESQL_FUNCTIONS, _POSTGRESQL_QUEUE, *(_POSTGRESQL_REFUSALS.format(each) for each in _TABLES))
        return
    for table, same in _SQLITE_SAME.items():
        run(*(_SQLITE_REFUSAL.format(table, name, when.format(table, same)) for name, when in _SQLITE_CASES.items()))
