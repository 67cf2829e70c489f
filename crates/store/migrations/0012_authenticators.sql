-- The step of the last code of an authenticator app that was taken: no code of it or an earlier one is taken again.
ALTER TABLE second_factors ADD COLUMN last_step BIGINT;

-- The key of the authenticator app that may be set up in this login, sealed.
ALTER TABLE mfa_transactions ADD COLUMN authenticator BYTEA;

-- Codes on paper, for who lost the other factors; each is good for one login.
CREATE TABLE backup_codes (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    -- Keyed hash of the code.
    code BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant, uid, code),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
