-- Profiles of people who register by signing in without a password: they wait here until the code or link comes back,
-- and only then become accounts. Written for addresses and numbers that somebody has just the same, and then of no use.
CREATE TABLE pending_registrations (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    -- Keyed hash of the address or number.
    subject BYTEA NOT NULL,
    -- The account that it becomes.
    uid TEXT NOT NULL,
    -- The body of the request, as far as it is heard.
    profile TEXT NOT NULL,
    source TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, subject)
);
CREATE INDEX pending_registrations_by_age ON pending_registrations (expires_at);
