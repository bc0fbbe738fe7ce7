-- Of a session that was deleted, only until when it had heard everything: what comes again is not taken for new.
CREATE TABLE gone (
    session TEXT PRIMARY KEY,
    said    BIGINT NOT NULL,                    -- epoch microseconds of its newest message
    at      BIGINT NOT NULL
);

CREATE INDEX gone_at ON gone (at);

-- Until when this database was listened for, in epoch milliseconds: a single row.
CREATE TABLE listened (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    until BIGINT NOT NULL
);
