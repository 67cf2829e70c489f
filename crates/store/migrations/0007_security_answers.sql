-- What people answer to the tenant's security questions: the argon2id hash of each answer, encrypted, since answers are
-- guessed more easily than passwords.
CREATE TABLE security_answers (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    question TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, uid, question),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);

-- What kind of lock it is, in the wire's words: the tenant may ask for another kind while it holds.
ALTER TABLE failures ADD COLUMN lock_kind TEXT NOT NULL DEFAULT 'Suspend';
