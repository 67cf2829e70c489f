-- What people who register by signing in said of themselves, encrypted: it waits here until the code or link comes back,
-- and only then becomes an account. Written for addresses and numbers that somebody has just the same, and then of no use.
CREATE TABLE newcomers (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    -- The purpose of the code or link, and the keyed hash of the address or number that it was sent to.
    purpose TEXT NOT NULL,
    subject BYTEA NOT NULL,
    -- The account that it becomes.
    uid TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, purpose, subject)
);
CREATE INDEX newcomers_by_age ON newcomers (expires_at);
