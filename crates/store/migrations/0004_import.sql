-- What an import of many accounts has done so far, batch by batch, written with the accounts themselves: an import that
-- was interrupted goes on where it stopped, and still reports everything. Gone when the import has finished.
CREATE TABLE import_batches (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    -- Digest of the file and of how it is read.
    import BYTEA NOT NULL,
    batch BIGINT NOT NULL,
    outcome JSONB NOT NULL,
    PRIMARY KEY (tenant, import, batch)
);
