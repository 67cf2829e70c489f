-- One text for SQLite and PostgreSQL. Times are milliseconds since 1970, UTC. The tenant comes first in every key, no
-- key is made by a sequence, and what must be unique is the key of a table of its own.

CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings JSONB NOT NULL,
    -- Grows with every change of the settings, so that other processes notice.
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    api_key TEXT PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (id)
);

CREATE TABLE api_secrets (
    -- Keyed hash: how a call that names only the secret finds it.
    secret BYTEA PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    -- Encrypted under the master key: registration tokens and request signing need the text.
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX api_secrets_of_tenant ON api_secrets (tenant);

CREATE TABLE accounts (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    uid TEXT NOT NULL,
    -- What the person says of themselves, as canonical sparse JSON in wire order; JSONB would sort its keys anew.
    persona JSON NOT NULL,
    -- What the server and the back end keep beside it, in the same form.
    document JSON NOT NULL,
    -- Facts of the account that nothing searches by.
    facts JSONB NOT NULL,
    is_active BOOLEAN NOT NULL,
    login_disabled BOOLEAN NOT NULL,
    is_custom_uid BOOLEAN NOT NULL,
    registration_provider TEXT NOT NULL,
    registration_source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    profile_modified_at BIGINT NOT NULL,
    last_login_at BIGINT,
    logins BIGINT NOT NULL,
    PRIMARY KEY (tenant, uid)
);

-- What a person signs in with. `value` is the form that is compared, `shown` the one that was typed.
CREATE TABLE identifiers (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    uid TEXT NOT NULL,
    shown TEXT NOT NULL,
    label TEXT NOT NULL,
    position BIGINT NOT NULL,
    verified_at BIGINT,
    PRIMARY KEY (tenant, kind, value),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX identifiers_of_account ON identifiers (tenant, uid);

-- The person at other providers, each as rendered-ready sparse JSON in wire order.
CREATE TABLE identities (
    tenant TEXT NOT NULL,
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    uid TEXT NOT NULL,
    document JSON NOT NULL,
    PRIMARY KEY (tenant, provider, external_id),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX identities_of_account ON identities (tenant, uid, provider, external_id);

CREATE TABLE passwords (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    hash TEXT NOT NULL,
    -- Whether it met the tenant's rules when it was last seen.
    is_secure BOOLEAN NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, uid),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);

CREATE TABLE former_passwords (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, uid, hash),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);

-- One-time codes. At most one is live for a purpose and a subject; a newer one takes the row, so that the older is
-- void. Subjects that belong to nobody get rows like any other, with no uid: both cost the same.
CREATE TABLE challenges (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    purpose TEXT NOT NULL,
    subject BYTEA NOT NULL,
    uid TEXT,
    code BYTEA NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    consumed_at BIGINT,
    sends BIGINT NOT NULL,
    window_started_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, purpose, subject)
);
CREATE INDEX challenges_of_account ON challenges (tenant, uid);
CREATE INDEX challenges_by_code ON challenges (tenant, code);
CREATE INDEX challenges_by_age ON challenges (expires_at);

-- Failures in a row and the lock that follows; the subject is an account or the keyed hash of an unknown identifier.
CREATE TABLE failures (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    in_a_row BIGINT NOT NULL,
    in_all BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, subject, kind)
);
CREATE INDEX failures_by_age ON failures (last_at);

CREATE TABLE sessions (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    uid TEXT NOT NULL,
    -- Null when it was given up before its time while the refresh token lives on.
    access BYTEA,
    access_expires_at BIGINT NOT NULL,
    refresh_expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    provider TEXT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sessions_by_access ON sessions (tenant, access);
CREATE INDEX sessions_of_account ON sessions (tenant, uid);
CREATE INDEX sessions_by_age ON sessions (refresh_expires_at);

-- Every refresh token of a session, the rotated ones too: using one of those again gives a thief away.
CREATE TABLE refresh_tokens (
    tenant TEXT NOT NULL,
    token BYTEA NOT NULL,
    session TEXT NOT NULL,
    rotated_at BIGINT,
    PRIMARY KEY (tenant, token),
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (tenant, session);

-- Registration tokens that were used, for tenants that let each be used once.
CREATE TABLE used_sotts (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    sott BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, sott)
);
CREATE INDEX used_sotts_by_age ON used_sotts (expires_at);

-- Messages on their way out. The text is encrypted, and blanked when it has been handed over.
CREATE TABLE jobs (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    channel TEXT NOT NULL,
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE ended_at IS NULL;
CREATE INDEX jobs_by_age ON jobs (ended_at);

-- What the database knows of itself, such as which master key it was made with.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);
