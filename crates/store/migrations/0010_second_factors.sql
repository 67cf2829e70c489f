-- What an account proves itself with beside its first factor, one row for each kind of factor. A row that is not verified
-- is one that was begun. What is sealed is the factor's secret: a phone number, the key of an authenticator app.
CREATE TABLE second_factors (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    factor TEXT NOT NULL,
    -- Names the row to the cipher.
    id TEXT NOT NULL,
    sealed BYTEA,
    -- Keyed hash of a phone number or address: how many accounts use one can be asked without opening any.
    subject BYTEA,
    verified_at BIGINT,
    -- What is to take its place as soon as it is proved.
    wanted_id TEXT,
    wanted BYTEA,
    wanted_subject BYTEA,
    wanted_at BIGINT,
    PRIMARY KEY (tenant, uid, factor),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX second_factors_by_subject ON second_factors (tenant, factor, subject);

-- A login whose first factor is proved and whose second is not.
CREATE TABLE mfa_transactions (
    tenant TEXT NOT NULL,
    -- Keyed hash of the token that stands for it.
    token BYTEA NOT NULL,
    uid TEXT NOT NULL,
    -- Names the row to the cipher.
    id TEXT NOT NULL,
    first_factor TEXT NOT NULL,
    -- Keyed hash of the phone number or address that was the first factor, and is therefore no second one.
    spent BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    remembered BOOLEAN NOT NULL,
    -- The invitation to an organisation that the login was begun with.
    invitation TEXT,
    -- The phone number that becomes a factor when its code comes back, sealed, and its keyed hash.
    wanted BYTEA,
    wanted_subject BYTEA,
    -- Names of the templates that risk messages of this login are written with.
    templates JSONB NOT NULL,
    consumed_at BIGINT,
    PRIMARY KEY (tenant, token),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE INDEX mfa_transactions_of_account ON mfa_transactions (tenant, uid);
CREATE INDEX mfa_transactions_by_age ON mfa_transactions (expires_at);

-- The latest code of a pending login on each channel; a newer one takes the row, and the wrong tries stay counted.
CREATE TABLE mfa_codes (
    tenant TEXT NOT NULL,
    token BYTEA NOT NULL,
    channel TEXT NOT NULL,
    -- Keyed hash of the phone number or address it was sent to.
    subject BYTEA NOT NULL,
    code BYTEA NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    sends BIGINT NOT NULL,
    PRIMARY KEY (tenant, token, channel),
    FOREIGN KEY (tenant, token) REFERENCES mfa_transactions (tenant, token) ON DELETE CASCADE
);
