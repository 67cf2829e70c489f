-- The passkeys of accounts. One signs in, or is a second factor, never both.
CREATE TABLE passkeys (
    tenant TEXT NOT NULL,
    -- Names it on the wire.
    id TEXT NOT NULL,
    uid TEXT NOT NULL,
    -- Whom the authenticator keeps it for: the uid of the time when it was made.
    user_handle TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- What its authenticator calls it.
    credential BYTEA NOT NULL,
    public_key JSONB NOT NULL,
    -- How often it was used, as the authenticator counts; 0 for ever where it does not.
    counter BIGINT NOT NULL,
    -- How the authenticator may be reached, as it said.
    transports JSONB NOT NULL,
    -- The make of the authenticator, in hexadecimal.
    aaguid TEXT NOT NULL,
    -- The address or name that it was made for.
    identifier TEXT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backup_state BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (tenant, credential);
CREATE INDEX passkeys_of_account ON passkeys (tenant, uid);

-- What a passkey was asked to sign. The account may not be there yet, or may be nobody's.
CREATE TABLE passkey_ceremonies (
    tenant TEXT NOT NULL,
    -- Keyed hash of the challenge.
    challenge BYTEA NOT NULL,
    kind TEXT NOT NULL,
    uid TEXT,
    -- Keyed hash of the token of the pending login, or of the link, that it belongs to.
    token BYTEA,
    -- Keyed hash of the identifier that was named.
    subject BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (tenant, challenge)
);
CREATE INDEX passkey_ceremonies_by_token ON passkey_ceremonies (tenant, token);
CREATE INDEX passkey_ceremonies_by_age ON passkey_ceremonies (expires_at);
