-- The PIN of an account: the hash, encrypted under the master key. So few digits would fall to anybody who has the hash
-- alone. `key` is the id of the master key it is encrypted under, so that a rotation finds what it has to encrypt anew.
CREATE TABLE pins (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    key BYTEA NOT NULL,
    -- Wrong PINs since the last right one and the last other login.
    wrong BIGINT NOT NULL,
    PRIMARY KEY (tenant, uid),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX pins_by_key ON pins (key);

-- What a PIN signs in with: handed out at a full login, useless without the PIN.
CREATE TABLE pin_sessions (
    tenant TEXT NOT NULL,
    token BYTEA NOT NULL,
    uid TEXT NOT NULL,
    -- The kind of browser it was handed to; empty for any other program.
    browser TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Wrong PINs in a row.
    wrong BIGINT NOT NULL,
    PRIMARY KEY (tenant, token),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX pin_sessions_of_account ON pin_sessions (tenant, uid);
CREATE INDEX pin_sessions_by_age ON pin_sessions (expires_at);

-- Logins that are held up until the person has set a PIN; the token sets it, once.
CREATE TABLE pin_auth_tokens (
    tenant TEXT NOT NULL,
    token BYTEA NOT NULL,
    uid TEXT NOT NULL,
    -- Whether the person asked for the session to last.
    remembered BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, token),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX pin_auth_tokens_of_account ON pin_auth_tokens (tenant, uid);
CREATE INDEX pin_auth_tokens_by_age ON pin_auth_tokens (expires_at);
