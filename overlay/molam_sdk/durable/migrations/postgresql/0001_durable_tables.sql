-- The tables of molam_sdk.durable. Written by scripts/write_migrations from their definitions.

CREATE TABLE molam_calls (
    id VARCHAR(32) COLLATE "C" NOT NULL,
    owner VARCHAR(64) COLLATE "C" NOT NULL,
    account VARCHAR(255) COLLATE "C" NOT NULL,
    mode VARCHAR(5) COLLATE "C" NOT NULL,
    idempotency_key VARCHAR(255) COLLATE "C" NOT NULL,
    operation VARCHAR(100) COLLATE "C" NOT NULL,
    fingerprint VARCHAR(64) COLLATE "C" NOT NULL,
    target TEXT NOT NULL,
    region TEXT NOT NULL,
    content BYTEA,
    content_form VARCHAR(9) COLLATE "C" NOT NULL,
    sealed_with VARCHAR(16) COLLATE "C",
    state VARCHAR(9) COLLATE "C" NOT NULL,
    doubt BOOLEAN NOT NULL,
    claims INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    first_begun_at BIGINT NOT NULL,
    last_begun_at BIGINT NOT NULL,
    leased_until BIGINT,
    finished_at BIGINT,
    status_code INTEGER,
    object_id VARCHAR(255) COLLATE "C",
    code VARCHAR(255) COLLATE "C",
    request_id VARCHAR(255) COLLATE "C",
    PRIMARY KEY (id),
    CONSTRAINT uq_molam_calls_idempotency_key_owner_account_mode UNIQUE (idempotency_key, owner, account, mode)
);

CREATE INDEX ix_molam_calls_finished_at ON molam_calls (finished_at) WHERE finished_at IS NOT NULL;

CREATE INDEX ix_molam_calls_leased_until ON molam_calls (leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE received_webhooks (
    tenant VARCHAR(64) COLLATE "C" NOT NULL,
    event_id VARCHAR(255) COLLATE "C" NOT NULL,
    type VARCHAR(255) COLLATE "C" NOT NULL,
    object_id VARCHAR(255) COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    status VARCHAR(64) COLLATE "C",
    body BYTEA,
    body_form VARCHAR(16) COLLATE "C" NOT NULL,
    digest VARCHAR(64) COLLATE "C" NOT NULL,
    conflicting BOOLEAN NOT NULL,
    state VARCHAR(16) COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    error VARCHAR(128) COLLATE "C",
    passed_over TEXT,
    received_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (tenant, event_id)
);

CREATE INDEX ix_received_webhooks_due ON received_webhooks (state, next_at);

CREATE INDEX ix_received_webhooks_ended ON received_webhooks (state, ended_at);

CREATE INDEX ix_received_webhooks_of_object ON received_webhooks (tenant, object_id, state, sequence);

CREATE TABLE server_idempotency (
    idempotency_key VARCHAR(255) COLLATE "C" NOT NULL,
    route VARCHAR(255) COLLATE "C" NOT NULL,
    scope VARCHAR(255) COLLATE "C" NOT NULL,
    fingerprint VARCHAR(64) COLLATE "C",
    status VARCHAR(9) COLLATE "C" NOT NULL,
    response BYTEA,
    response_form VARCHAR(9) COLLATE "C" NOT NULL,
    claims INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    leased_until BIGINT,
    completed_at BIGINT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (idempotency_key, route, scope)
);

CREATE INDEX ix_server_idempotency_expires_at ON server_idempotency (expires_at);

CREATE TABLE webhook_objects (
    tenant VARCHAR(64) COLLATE "C" NOT NULL,
    object_id VARCHAR(255) COLLATE "C" NOT NULL,
    token VARCHAR(32) COLLATE "C" NOT NULL,
    leased_until BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    event_id VARCHAR(255) COLLATE "C" NOT NULL,
    status VARCHAR(64) COLLATE "C",
    touched_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, object_id)
);

CREATE INDEX ix_webhook_objects_touched ON webhook_objects (touched_at);

CREATE TABLE webhook_subscriptions (
    id VARCHAR(32) COLLATE "C" NOT NULL,
    tenant VARCHAR(64) COLLATE "C" NOT NULL,
    endpoint_id VARCHAR(255) COLLATE "C",
    secret BYTEA,
    secret_env VARCHAR(255) COLLATE "C",
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX ix_webhook_subscriptions_tenant ON webhook_subscriptions (tenant, disabled_at);
