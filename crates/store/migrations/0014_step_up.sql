-- What somebody got who proved once more who they are; the back end asks for it before it does what needed the proof.
CREATE TABLE step_up_tokens (
    tenant TEXT NOT NULL,
    token BYTEA NOT NULL,
    -- The session that the proof was given in: it does not outlive it, and the session says whose it is.
    session TEXT NOT NULL,
    -- What was proved: a password, a PIN, or something else.
    kind TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, token)
);
CREATE INDEX step_up_tokens_by_age ON step_up_tokens (expires_at);
