-- A tenant's own versions of messages. The name `default` stands for the version that ships with the program.
CREATE TABLE templates (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT,
    text TEXT NOT NULL,
    html TEXT,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, channel, name, language)
);

-- The account that a message is about: its words are put in when the message is handed over.
ALTER TABLE jobs ADD COLUMN uid TEXT;
