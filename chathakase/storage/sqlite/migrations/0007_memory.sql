-- A message has a number of its own, which no VACUUM changes: the index of words goes by it.
CREATE TABLE new_messages (
    id       INTEGER PRIMARY KEY,
    session  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq      BIGINT NOT NULL,                   -- below 1: said before the session began
    role     TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'command', 'cleared')),
    text     TEXT NOT NULL,
    author   TEXT NOT NULL,
    name     TEXT NOT NULL DEFAULT '',          -- of an author about whom the surface could not be asked
    ref      TEXT NOT NULL,                     -- the surface's own id, for instance Slack's ts
    reply_to BIGINT,                            -- an answer: the newest message that it answers
    asks     BIGINT NOT NULL DEFAULT 0,         -- 1: this message wants an answer
    said     BIGINT NOT NULL DEFAULT 0,         -- epoch microseconds; of an answer: when what it answers was said
    tokens   BIGINT NOT NULL DEFAULT 0,         -- 0: never counted
    changed  BIGINT NOT NULL DEFAULT 0,         -- when it was changed last, in epoch microseconds
    at       BIGINT NOT NULL
);

INSERT INTO new_messages (session, seq, role, text, author, ref, reply_to, asks, said, at)
SELECT session, seq, role, text, author, ref, reply_to, asks, said, at FROM messages ORDER BY at, session, seq;

DROP TABLE messages;
ALTER TABLE new_messages RENAME TO messages;

CREATE UNIQUE INDEX messages_by_seq ON messages (session, seq);
CREATE UNIQUE INDEX messages_by_ref ON messages (ref, session);
CREATE INDEX messages_in_order ON messages (session, said, seq, role);
CREATE INDEX messages_of_author ON messages (author, session, role) WHERE author <> '';

ALTER TABLE sessions ADD COLUMN above_read BIGINT NOT NULL DEFAULT 1;  -- 1: what was said before it began is stored
ALTER TABLE sessions ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;  -- counts what makes a summary in the making stale
ALTER TABLE sessions ADD COLUMN doomed BIGINT NOT NULL DEFAULT 0;      -- 1: it is forgotten, and its rows go bit by bit

CREATE INDEX sessions_archived ON sessions (active_at) WHERE archived_at IS NOT NULL;
CREATE INDEX sessions_doomed ON sessions (id) WHERE doomed = 1;

CREATE TABLE titles (
    id      INTEGER PRIMARY KEY,
    session TEXT NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    title   TEXT NOT NULL,
    told    BIGINT NOT NULL DEFAULT 0,          -- it may tell of any message up to this number
    made_by TEXT NOT NULL CHECK (made_by IN ('', 'rule', 'model', 'person'))
);

CREATE TABLE summaries (
    session  TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    upto     BIGINT NOT NULL,                   -- when the newest message that it covers was said
    messages BIGINT NOT NULL,
    model    TEXT NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL
);

CREATE TABLE files (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: somebody may still be reading what is gone
    session    TEXT NOT NULL,
    message    BIGINT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    ref        TEXT NOT NULL,                   -- the surface's own id
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    url        TEXT NOT NULL,
    read_at    BIGINT,
    text       TEXT NOT NULL DEFAULT '',
    refusal    TEXT NOT NULL DEFAULT '',
    image_kind TEXT NOT NULL DEFAULT '',
    image      BLOB,
    UNIQUE (message, ref)
);

CREATE INDEX files_unread ON files (session) WHERE read_at IS NULL;

-- What models cost a session, the calls included that are no turns.
CREATE TABLE usage (
    session           TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    model             TEXT NOT NULL,
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    PRIMARY KEY (session, model)
) WITHOUT ROWID;

INSERT INTO usage
SELECT session, model, sum(coalesce(prompt_tokens, 0)), sum(coalesce(completion_tokens, 0)) FROM turns
WHERE prompt_tokens IS NOT NULL OR completion_tokens IS NOT NULL GROUP BY session, model;

ALTER TABLE turns ADD COLUMN estimate BIGINT NOT NULL DEFAULT 0;       -- tokens that the prompt was thought to have

ALTER TABLE errands ADD COLUMN argument TEXT NOT NULL DEFAULT '';      -- what was said behind a command

CREATE INDEX errands_of_session ON errands (session);

-- Words are found by their parts of three characters, which needs no spaces between them. Where they stand in a text is
-- not noted, which makes the index a third as large; whoever searches looks into the text itself.
CREATE VIEW spoken AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant');
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = 'spoken', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content = 'titles', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
-- Its parts are merged 64 pages at a time while people write (the ``pgsz`` option): small pages, short waits.
INSERT INTO words (words, rank) VALUES ('pgsz', 1000);
INSERT INTO title_words (title_words, rank) VALUES ('pgsz', 1000);
INSERT INTO words (words) VALUES ('rebuild');

-- Whether old parts of the index may still hold what was taken out of it: 1 they may, 2 they are being swept.
CREATE TABLE unswept (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state BIGINT NOT NULL
);

CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.role IN ('user', 'assistant') BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed AFTER DELETE ON messages WHEN old.role IN ('user', 'assistant') BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unswept VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed AFTER UPDATE OF role, text ON messages WHEN old.role IN ('user', 'assistant') BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unswept VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_added AFTER INSERT ON titles BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER title_removed AFTER DELETE ON titles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO unswept VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_changed AFTER UPDATE OF title ON titles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
    INSERT INTO unswept VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;
