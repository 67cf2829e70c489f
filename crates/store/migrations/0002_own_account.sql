-- The phone number that a person wants to sign in with from the moment on that its code proves it. It is nobody's until
-- then: several accounts may want the same one.
CREATE TABLE pending_phones (
    tenant TEXT NOT NULL,
    uid TEXT NOT NULL,
    phone TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, uid),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
