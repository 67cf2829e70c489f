-- Uids of accounts that were deleted while people could still move in from elsewhere, where they may live on: whoever
-- left here is not taken over again. Nothing else is kept of them.
CREATE TABLE departures (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    uid TEXT NOT NULL,
    PRIMARY KEY (tenant, uid)
);
