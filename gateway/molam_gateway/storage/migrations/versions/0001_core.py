"""Payments, refunds, payouts, onboardings, the journal, events, jobs, idempotency keys and CPay's own book."""

from molam_gateway.storage.migrations.statements import run

revision = "0001"
down_revision = None

PAYMENT_INTENTS = """
CREATE TABLE payment_intents (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    amount_capturable BIGINT NOT NULL CHECK (amount_capturable >= 0),
    amount_received BIGINT NOT NULL,
    amount_refunded BIGINT NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    provider TEXT NOT NULL,
    provider_reference TEXT,
    payment_method TEXT,
    payment_method_types TEXT NOT NULL,
    capture_method TEXT NOT NULL,
    cancellation_reason TEXT,
    customer_id TEXT,
    merchant_id TEXT,
    customer TEXT,
    phone TEXT,
    description TEXT,
    metadata TEXT NOT NULL,
    return_url TEXT,
    cancel_url TEXT,
    next_action TEXT,
    latest_charge {id},
    last_error TEXT,
    idempotency_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    sequence BIGINT NOT NULL,
    UNIQUE (account_id, livemode, idempotency_key),
    CHECK (0 <= amount_refunded AND amount_refunded <= amount_received AND amount_received <= amount)
)
"""
CHARGES = """
CREATE TABLE charges (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    payment_intent {id} NOT NULL REFERENCES payment_intents (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    amount_captured BIGINT NOT NULL,
    amount_refunded BIGINT NOT NULL CHECK (amount_refunded >= 0),
    amount_refund_pending BIGINT NOT NULL CHECK (amount_refund_pending >= 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    provider TEXT NOT NULL,
    provider_reference TEXT NOT NULL UNIQUE,
    provider_transaction_id TEXT,
    payment_method TEXT NOT NULL,
    payment_method_details TEXT,
    failure_code TEXT,
    failure_message TEXT,
    attempt_number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    CHECK (amount_refunded + amount_refund_pending <= amount_captured),
    CHECK (amount_captured <= amount)
)
"""
ATTEMPTS = """
CREATE TABLE attempts (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    slot TEXT NOT NULL,
    subject {id} NOT NULL,
    payment_intent {id},
    provider TEXT NOT NULL,
    provider_reference TEXT NOT NULL UNIQUE,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    instruction TEXT NOT NULL,
    lease_token TEXT,
    lease_until BIGINT NOT NULL,
    polls BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
)
"""
REFUNDS = """
CREATE TABLE refunds (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    charge {id} NOT NULL REFERENCES charges (id),
    payment_intent {id} NOT NULL REFERENCES payment_intents (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    reason TEXT,
    status TEXT NOT NULL,
    failure_reason TEXT,
    provider TEXT NOT NULL,
    provider_reference TEXT NOT NULL,
    metadata TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    UNIQUE (account_id, livemode, idempotency_key)
)
"""
PAYOUTS = """
CREATE TABLE payouts (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    origin_module TEXT,
    origin_entity_id TEXT,
    beneficiary TEXT NOT NULL,
    status TEXT NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    provider TEXT NOT NULL,
    provider_reference TEXT NOT NULL,
    metadata TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    arrives_at BIGINT,
    sequence BIGINT NOT NULL,
    UNIQUE (account_id, livemode, idempotency_key)
)
"""
MERCHANT_ONBOARDINGS = """
CREATE TABLE merchant_onboardings (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    business_name TEXT NOT NULL,
    business_type TEXT NOT NULL,
    country TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT,
    settlement TEXT,
    sealed TEXT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL,
    requirements TEXT NOT NULL,
    onboarding_url TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    sequence BIGINT NOT NULL
)
"""
JOURNAL = """
CREATE TABLE journal (
    entry_id {id} NOT NULL,
    line BIGINT NOT NULL,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    ledger_account TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    subject {id} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (entry_id, line),
    UNIQUE (subject, reason, line)
)
"""
BALANCE_LOCKS = """
CREATE TABLE balance_locks (
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (account_id, livemode, currency)
)
"""
ANOMALIES = """
CREATE TABLE anomalies (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    payment_intent {id},
    attempt {id} NOT NULL UNIQUE,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL
)
"""
EVENTS = """
CREATE TABLE events (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    type TEXT NOT NULL,
    object_id {id} NOT NULL,
    sequence BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    fanned_out BOOLEAN NOT NULL DEFAULT FALSE
)
"""
JOBS = """
CREATE TABLE jobs (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    lease_token TEXT,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
)
"""
IDEMPOTENCY_KEYS = """
CREATE TABLE idempotency_keys (
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    fingerprint_version BIGINT NOT NULL,
    operation_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    recovery_point TEXT,
    lease_token TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    status BIGINT,
    headers TEXT,
    body TEXT,
    encrypted BOOLEAN,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (account_id, livemode, key)
)
"""
CPAY_OPERATIONS = """
CREATE TABLE cpay_operations (
    reference TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    parent_reference TEXT,
    behaviour TEXT NOT NULL,
    status TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    decline_code TEXT,
    begins_at BIGINT,
    settles_at BIGINT,
    settles_to TEXT,
    revises_at BIGINT,
    action_token TEXT UNIQUE,
    payment_intent {id},
    charge {id},
    refund {id},
    payout {id},
    created_at BIGINT NOT NULL
)
"""
CPAY_MOVEMENTS = """
CREATE TABLE cpay_movements (
    id {id} PRIMARY KEY,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    payment_intent {id},
    charge {id},
    refund {id},
    payout {id},
    provider_reference TEXT NOT NULL,
    created_at BIGINT NOT NULL
)
"""
INDEXES = (
    "CREATE INDEX payment_intents_page ON payment_intents (account_id, livemode, id)",
    "CREATE INDEX charges_page ON charges (account_id, livemode, id)",
    "CREATE INDEX charges_of_intent ON charges (payment_intent)",
    """
    CREATE UNIQUE INDEX charges_one_open ON charges (payment_intent)
    WHERE status IN ('ready_to_send', 'sending', 'pending', 'requires_action', 'unknown')
    """,
    """
    CREATE UNIQUE INDEX attempts_one_open ON attempts (subject, slot)
    WHERE state IN ('sending', 'pending', 'unknown')
    """,
    "CREATE INDEX refunds_page ON refunds (account_id, livemode, id)",
    "CREATE INDEX payouts_page ON payouts (account_id, livemode, id)",
    "CREATE INDEX journal_of_account ON journal (account_id, livemode, currency, ledger_account, amount)",
    "CREATE INDEX events_page ON events (account_id, livemode, id)",
    "CREATE INDEX events_of_object ON events (object_id, sequence)",
    "CREATE INDEX events_to_fan_out ON events (id) WHERE NOT fanned_out",
    "CREATE INDEX jobs_due ON jobs (due_at)",
    "CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at)",
    "CREATE INDEX cpay_operations_unsettled ON cpay_operations (settles_at) WHERE settles_at IS NOT NULL",
    "CREATE INDEX cpay_operations_revised ON cpay_operations (revises_at) WHERE revises_at IS NOT NULL",
    "CREATE INDEX cpay_movements_page ON cpay_movements (account_id, livemode, id)",
)


def upgrade() -> None:
    """Create the core tables."""
    run(
        PAYMENT_INTENTS,
        CHARGES,
        ATTEMPTS,
        REFUNDS,
        PAYOUTS,
        MERCHANT_ONBOARDINGS,
        JOURNAL,
        BALANCE_LOCKS,
        ANOMALIES,
        EVENTS,
        JOBS,
        IDEMPOTENCY_KEYS,
        CPAY_OPERATIONS,
        CPAY_MOVEMENTS,
        *INDEXES,
    )
