-- One-time codes that a sign-in on the hosted pages ends with. The back end exchanges one, within a minute and once, for
-- a session of its own; a code dies with the session it was made in.
CREATE TABLE sign_in_codes (
    tenant TEXT NOT NULL,
    code BYTEA NOT NULL,
    session TEXT NOT NULL,
    -- Where the browser took it.
    redirect_url TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant, code),
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_codes_of_session ON sign_in_codes (tenant, session);
CREATE INDEX sign_in_codes_by_age ON sign_in_codes (expires_at);
