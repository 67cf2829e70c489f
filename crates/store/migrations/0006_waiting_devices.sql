-- A device that waits until a link is opened elsewhere. It is found by the keyed hash of the GUID that it made up, the
-- link by that of its token; client is the keyed hash of the program and network that asked, subject that of the address
-- whose link was opened. No session is kept here: it is made when the device comes back for it.
CREATE TABLE waiting_devices (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    device BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    link BYTEA NOT NULL,
    client BYTEA NOT NULL,
    uid TEXT,
    subject BYTEA,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    signed_in_at BIGINT,
    PRIMARY KEY (tenant, device),
    FOREIGN KEY (tenant, uid) REFERENCES accounts (tenant, uid) ON DELETE CASCADE
);
CREATE UNIQUE INDEX waiting_devices_by_link ON waiting_devices (tenant, link);
CREATE INDEX waiting_devices_of_account ON waiting_devices (tenant, uid);
CREATE INDEX waiting_devices_by_age ON waiting_devices (expires_at);
