-- The tables of molam_sdk.durable. Written by scripts/write_migrations from their definitions.

CREATE TABLE molam_calls (
    id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    mode VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    idempotency_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    operation VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fingerprint VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    target MEDIUMTEXT COLLATE utf8mb4_bin NOT NULL,
    region MEDIUMTEXT COLLATE utf8mb4_bin NOT NULL,
    content MEDIUMBLOB,
    content_form VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sealed_with VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin,
    state VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    doubt BOOL NOT NULL,
    claims INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    first_begun_at BIGINT NOT NULL,
    last_begun_at BIGINT NOT NULL,
    leased_until BIGINT,
    finished_at BIGINT,
    status_code INTEGER,
    object_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    code VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    request_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    PRIMARY KEY (id),
    CONSTRAINT uq_molam_calls_idempotency_key_owner_account_mode UNIQUE (idempotency_key, owner, account, mode)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_molam_calls_finished_at ON molam_calls (finished_at);

CREATE INDEX ix_molam_calls_leased_until ON molam_calls (leased_until);

CREATE TABLE received_webhooks (
    tenant VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    event_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sequence BIGINT NOT NULL,
    status VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
    body MEDIUMBLOB,
    body_form VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    digest VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    conflicting BOOL NOT NULL,
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempts INTEGER NOT NULL,
    error VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin,
    passed_over MEDIUMTEXT COLLATE utf8mb4_bin,
    received_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (tenant, event_id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_received_webhooks_due ON received_webhooks (state, next_at);

CREATE INDEX ix_received_webhooks_ended ON received_webhooks (state, ended_at);

CREATE INDEX ix_received_webhooks_of_object ON received_webhooks (tenant, object_id, state, sequence);

CREATE TABLE server_idempotency (
    idempotency_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    route VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    scope VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fingerprint VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
    status VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    response MEDIUMBLOB,
    response_form VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    claims INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    leased_until BIGINT,
    completed_at BIGINT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (idempotency_key, route, scope)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_server_idempotency_expires_at ON server_idempotency (expires_at);

CREATE TABLE webhook_objects (
    tenant VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    token VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    leased_until BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    event_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
    touched_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, object_id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_webhook_objects_touched ON webhook_objects (touched_at);

CREATE TABLE webhook_subscriptions (
    id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tenant VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    endpoint_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    secret MEDIUMBLOB,
    secret_env VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (id)
)ENGINE=InnoDB CHARSET=utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX ix_webhook_subscriptions_tenant ON webhook_subscriptions (tenant, disabled_at);
