-- A session that the back end opened in a person's name has no refresh token and counts as no login.
ALTER TABLE sessions ADD COLUMN impersonated BOOLEAN NOT NULL DEFAULT FALSE;

-- Asked to last: its access token lives as long as the tenant lets remembered ones live.
ALTER TABLE sessions ADD COLUMN remembered BOOLEAN NOT NULL DEFAULT FALSE;

-- Signatures of requests that changed something: a request that is sent again is refused while its signature would
-- still be accepted.
CREATE TABLE used_signatures (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    signature BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, signature)
);
CREATE INDEX used_signatures_by_age ON used_signatures (expires_at);
