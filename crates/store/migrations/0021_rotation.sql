-- A signature is of a request, but says nothing of the method: it is good for the one that it was first used with. From
-- here on that of every signed request is noted, also of one that only reads.
ALTER TABLE used_signatures ADD COLUMN method TEXT NOT NULL DEFAULT '';

-- The code itself, encrypted: paper outlasts master keys, and a hash cannot be made anew of a hash. Blanked when the code
-- is used.
ALTER TABLE backup_codes ADD COLUMN sealed BYTEA;
