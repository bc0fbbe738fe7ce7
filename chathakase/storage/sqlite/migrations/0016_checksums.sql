-- What each migration was when it was applied, so that one that is another by now is noticed.
CREATE TABLE checksums (
    version  BIGINT PRIMARY KEY,
    checksum TEXT NOT NULL                      -- SHA-256 of the migration's text
);
