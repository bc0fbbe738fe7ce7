-- Whose messages from before a time are left out when what is above is read: they had them forgotten before that.
CREATE TABLE withheld (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    author  TEXT NOT NULL,
    said    BIGINT NOT NULL,                    -- epoch microseconds
    PRIMARY KEY (session, author)
) WITHOUT ROWID;
