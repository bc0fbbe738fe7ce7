-- The tables of a new database, as all migrations together make them; a test compares the two.

CREATE TABLE sessions (
    id            TEXT PRIMARY KEY,
    channel       TEXT NOT NULL,
    thread        TEXT NOT NULL,
    seq           BIGINT NOT NULL DEFAULT 0,   -- the newest sequence number given out
    asked         BIGINT NOT NULL DEFAULT 0,   -- the newest message that wants an answer
    answered      BIGINT NOT NULL DEFAULT 0,   -- everything up to here is answered
    lease_owner   TEXT,                        -- who answers right now
    lease_until   BIGINT NOT NULL DEFAULT 0,
    turn          TEXT,                        -- the turn that is not finished yet, through all its tries
    turn_began    BIGINT,
    attempts      BIGINT NOT NULL DEFAULT 0,   -- its tries
    reply_refs    TEXT NOT NULL DEFAULT '[]',  -- the messages that it has written so far
    began_at      BIGINT NOT NULL,             -- all times are epoch milliseconds
    active_at     BIGINT NOT NULL,
    archived_at   BIGINT,
    stop          BIGINT NOT NULL DEFAULT 0,   -- 1: its turn is to be stopped
    backfilled    BIGINT NOT NULL DEFAULT 1,   -- 1: what was said before it began is stored
    generation    BIGINT NOT NULL DEFAULT 0,   -- counts what makes a summary in the making stale
    deleting      BIGINT NOT NULL DEFAULT 0,   -- 1: it is forgotten, and its rows go bit by bit
    suspect_until BIGINT NOT NULL DEFAULT 0,   -- it waits to run its turn alone until then; 0: not yet
    alone         BIGINT NOT NULL DEFAULT 0,   -- 1: its turn was claimed with nothing beside it
    died_alone    BIGINT NOT NULL DEFAULT 0,   -- how often the process died meanwhile
    surface       TEXT NOT NULL DEFAULT '',
    workspace     TEXT NOT NULL DEFAULT '',
    owner         TEXT NOT NULL DEFAULT '',    -- who asked first in it; '': nobody yet, or not known any more
    message_count BIGINT NOT NULL DEFAULT 0,   -- of what the model may see
    last_text     TEXT,                        -- the first 100 characters of the last of it
    last_author   TEXT,                        -- '': an answer
    last_said     BIGINT,                      -- epoch microseconds; of an answer: when it ended
    woken         BIGINT NOT NULL DEFAULT 0,   -- the message that last woke it from the archive
    moved_at      BIGINT NOT NULL DEFAULT 0,   -- what came until then was said at other places
    agent         TEXT NOT NULL DEFAULT 'default',  -- who answers in it
    archived_by   TEXT NOT NULL DEFAULT '',    -- who put it away; '': nobody; it may have idled
    exchanges     BIGINT NOT NULL DEFAULT 0    -- its answers that stand
);
CREATE INDEX sessions_waiting ON sessions (lease_until) WHERE asked > answered;
CREATE INDEX sessions_active ON sessions (active_at) WHERE archived_at IS NULL;
CREATE INDEX sessions_archived ON sessions (active_at) WHERE archived_at IS NOT NULL;
CREATE INDEX sessions_suspected ON sessions (attempts) WHERE attempts >= 3;
CREATE UNIQUE INDEX sessions_by_place ON sessions (surface, workspace, channel, thread) WHERE surface <> '';
CREATE INDEX sessions_deleting ON sessions (id) WHERE deleting = 1;
CREATE INDEX sessions_owned ON sessions (surface, workspace, owner, active_at) WHERE archived_at IS NULL AND owner <> '';

CREATE TABLE messages (
    id       INTEGER PRIMARY KEY,
    session  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq      BIGINT NOT NULL,            -- below 1: said before the session began
    role     TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'command', 'cleared')),
    text     TEXT NOT NULL,
    author   TEXT NOT NULL,
    name     TEXT NOT NULL DEFAULT '',   -- of an author about whom the surface could not be asked
    ref      TEXT NOT NULL,              -- the surface's own id, for instance Slack's ts
    reply_to BIGINT,                     -- an answer: the newest message that it answers
    asks     BIGINT NOT NULL DEFAULT 0,  -- 1: this message wants an answer
    said     BIGINT NOT NULL DEFAULT 0,  -- epoch microseconds; of an answer: when what it answers was said
    tokens   BIGINT NOT NULL DEFAULT 0,  -- 0: never counted
    changed  BIGINT NOT NULL DEFAULT 0,  -- when it was changed last, in epoch microseconds
    at       BIGINT NOT NULL,
    said_to  BIGINT NOT NULL DEFAULT 0   -- 0: nobody in particular, 1: the bot, 2: other people
);
CREATE UNIQUE INDEX messages_by_seq ON messages (session, seq);
CREATE UNIQUE INDEX messages_by_ref ON messages (ref, session);
CREATE INDEX messages_in_order ON messages (session, said, seq, role);
CREATE INDEX messages_said_to ON messages (session, said) WHERE said_to > 0;
CREATE INDEX messages_spoken ON messages (session, said, seq, role) WHERE role IN ('user', 'assistant');
CREATE INDEX messages_of_author ON messages (author, session, role, said) WHERE author <> '';

CREATE TABLE participants (
    session  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    author   TEXT NOT NULL,
    wrote_at BIGINT NOT NULL,  -- when they last did, in epoch microseconds
    PRIMARY KEY (session, author)
) WITHOUT ROWID;
CREATE INDEX participants_of_author ON participants (author, wrote_at, session);

-- The sessions that somebody owns or took part in, in the order of their list.
CREATE TABLE listed (
    person      TEXT NOT NULL,    -- the surface's user id
    active_at   BIGINT NOT NULL,  -- like all that follows, the session's own
    session     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    surface     TEXT NOT NULL,
    workspace   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    agent       TEXT NOT NULL,
    archived_by TEXT NOT NULL,
    PRIMARY KEY (person, active_at, session)
) WITHOUT ROWID;
CREATE UNIQUE INDEX listed_of_session ON listed (session, person);

-- How sessions stood in lists before they became active, or were put away, in the last hour.
CREATE TABLE activity (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- of two changes, the later has the greater
    session     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    active_at   BIGINT NOT NULL,                    -- until then; 0: it began
    archived_by TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX activity_of_session ON activity (session, id);

CREATE TABLE exclusions (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    author  TEXT NOT NULL,
    said    BIGINT NOT NULL,  -- epoch microseconds
    PRIMARY KEY (session, author)
) WITHOUT ROWID;

CREATE TABLE files (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: somebody may still be reading what is gone
    session    TEXT NOT NULL,
    message    BIGINT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    ref        TEXT NOT NULL,                      -- the surface's own id
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    url        TEXT NOT NULL,
    read_at    BIGINT,
    text       TEXT NOT NULL DEFAULT '',
    refusal    TEXT NOT NULL DEFAULT '',
    image_kind TEXT NOT NULL DEFAULT '',
    image      BLOB,
    remote     INTEGER NOT NULL DEFAULT 0,         -- 1: somebody else than the surface keeps it
    UNIQUE (message, ref)
);
CREATE INDEX files_unread ON files (session) WHERE read_at IS NULL;

CREATE TABLE turns (
    id                TEXT PRIMARY KEY,
    session           TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    upto              BIGINT NOT NULL,                               -- the newest message that it answered
    attempts          BIGINT NOT NULL,
    outcome           TEXT NOT NULL,
    error             TEXT NOT NULL,
    model             TEXT NOT NULL,
    prompt_tokens     BIGINT,
    completion_tokens BIGINT,
    reply_refs        TEXT NOT NULL,
    began_at          BIGINT NOT NULL,
    ended_at          BIGINT NOT NULL,
    run               BIGINT NOT NULL DEFAULT 1,                     -- how often it was run to an end
    action            TEXT CHECK (action IN ('retry', 'continue')),  -- it waits to be taken up again for this
    estimate          BIGINT NOT NULL DEFAULT 0                      -- tokens that the prompt was thought to have
);
CREATE INDEX turns_counted ON turns (ended_at) WHERE estimate > 0 AND prompt_tokens > 0;
CREATE INDEX turns_of_session ON turns (session, upto);
CREATE INDEX turns_reopened ON turns (session, upto) WHERE action IS NOT NULL;

CREATE TABLE usage (
    session           TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    model             TEXT NOT NULL,
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    PRIMARY KEY (session, model)
) WITHOUT ROWID;

CREATE TABLE daily_usage (
    day               BIGINT NOT NULL,  -- since 1970-01-01
    surface           TEXT NOT NULL,
    workspace         TEXT NOT NULL,
    channel           TEXT NOT NULL,
    person            TEXT NOT NULL,    -- the surface's user id of whoever caused it; '': not known
    agent             TEXT NOT NULL,
    model             TEXT NOT NULL,    -- '': of questions, which are counted before a model is called
    questions         BIGINT NOT NULL,
    calls             BIGINT NOT NULL,  -- of a model
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    cost              BIGINT NOT NULL,  -- millionths of a US dollar; 0 where the price is unknown
    PRIMARY KEY (day, surface, workspace, channel, person, agent, model)
) WITHOUT ROWID;
CREATE INDEX daily_usage_of_person ON daily_usage (surface, workspace, person, day);

CREATE TABLE daily_totals (
    day       BIGINT NOT NULL,
    surface   TEXT NOT NULL,             -- '': the row of all
    workspace TEXT NOT NULL,
    whose     TEXT NOT NULL CHECK (whose IN ('person', 'channel', 'all')),
    id        TEXT NOT NULL,             -- the surface's own; '': of all
    questions BIGINT NOT NULL DEFAULT 0,
    tokens    BIGINT NOT NULL DEFAULT 0,
    cost      BIGINT NOT NULL DEFAULT 0, -- millionths of a US dollar
    lifted    BIGINT NOT NULL DEFAULT 0, -- 1: no limit holds for this person until the day ends
    PRIMARY KEY (day, surface, workspace, whose, id)
) WITHOUT ROWID;

CREATE TABLE limit_notices (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    person    TEXT NOT NULL,  -- the surface's user id
    which     TEXT NOT NULL,  -- the limit
    told_at   BIGINT NOT NULL,
    PRIMARY KEY (surface, workspace, person, which)
) WITHOUT ROWID;
CREATE INDEX limit_notices_at ON limit_notices (told_at);

CREATE TABLE audit (
    id        INTEGER PRIMARY KEY,
    at        BIGINT NOT NULL,
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    who       TEXT NOT NULL,  -- the surface's user id; '': whoever used the command line
    deed      TEXT NOT NULL,
    outcome   TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'interrupted')),
    session   TEXT NOT NULL,  -- '': none
    channel   TEXT NOT NULL,
    thread    TEXT NOT NULL,
    person    TEXT NOT NULL,  -- for whom it was done, or whose message it was about; '': nobody
    amount    BIGINT          -- of what it was done to; NULL: not counted
);
CREATE INDEX audit_of_workspace ON audit (surface, workspace, id);
CREATE INDEX audit_at ON audit (at);

CREATE TABLE muted_channels (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    muted_by  TEXT NOT NULL,  -- the surface's user id
    muted_at  BIGINT NOT NULL,
    PRIMARY KEY (surface, workspace, channel)
) WITHOUT ROWID;

CREATE TABLE titles (
    id      INTEGER PRIMARY KEY,
    session TEXT NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    title   TEXT NOT NULL,
    told    BIGINT NOT NULL DEFAULT 0,  -- it may tell of any message up to this number
    made_by TEXT NOT NULL CHECK (made_by IN ('', 'rule', 'model', 'person'))
);

CREATE TABLE summaries (
    session  TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    upto     BIGINT NOT NULL,  -- when the newest message that it covers was said
    messages BIGINT NOT NULL,
    model    TEXT NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL
);

CREATE TABLE jobs (
    surface     TEXT NOT NULL,
    workspace   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    thread      TEXT NOT NULL,
    session     TEXT NOT NULL,    -- '': there was none when it was enqueued
    id          TEXT NOT NULL,
    ref         TEXT NOT NULL,    -- the surface's own id of the message or the press
    author      TEXT NOT NULL,
    command     TEXT,             -- either a command
    argument    TEXT NOT NULL,    -- what was said behind it
    action      TEXT,             -- or a press of a button, below the answer of a turn
    turn        TEXT NOT NULL,
    run         BIGINT NOT NULL,
    told_thread TEXT NOT NULL,    -- where it was said, if that is another thread
    said        BIGINT NOT NULL,  -- when it was said, in epoch microseconds; 0: not known
    attempts    BIGINT NOT NULL DEFAULT 1,
    held_until  BIGINT NOT NULL,  -- somebody is at it until then
    done_at     BIGINT,           -- kept for a while, so that what comes again is not done again
    audited     BIGINT NOT NULL DEFAULT 0,  -- 1: what it did is in the audit log already
    counted     BIGINT NOT NULL DEFAULT 0,  -- 1: it is counted as a question already
    told_channel TEXT,                      -- of told_thread; NULL: the same one; '': it is an overview
    PRIMARY KEY (surface, workspace, id)
);
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX jobs_of_session ON jobs (session);
CREATE INDEX jobs_open ON jobs (held_until) WHERE done_at IS NULL;

CREATE TABLE hints (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    person    TEXT NOT NULL,  -- the surface's user id
    hint      TEXT NOT NULL,
    teller    TEXT NOT NULL,  -- a turn or a job, which tells it again only if it is tried again
    PRIMARY KEY (surface, workspace, person, hint)
) WITHOUT ROWID;

-- What people look at who see all of their threads at once.
CREATE TABLE overviews (
    surface    TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    person     TEXT NOT NULL,    -- the surface's user id
    opened_at  BIGINT NOT NULL,  -- when they last did
    state      TEXT NOT NULL,    -- what they have chosen to see since then, as JSON; '': nothing
    last_lines BIGINT NOT NULL,  -- 1: they want to see what was said last
    PRIMARY KEY (surface, workspace, person)
) WITHOUT ROWID;
CREATE INDEX overviews_opened ON overviews (opened_at);

CREATE TABLE listened (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    until     BIGINT NOT NULL,  -- epoch milliseconds
    PRIMARY KEY (surface, workspace)
);

CREATE TABLE tombstones (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    thread    TEXT NOT NULL,
    said      BIGINT NOT NULL,  -- epoch microseconds of its newest message
    at        BIGINT NOT NULL,
    PRIMARY KEY (surface, workspace, channel, thread)
);
CREATE INDEX tombstones_at ON tombstones (at);

CREATE TABLE unmerged (
    name  TEXT PRIMARY KEY,
    state BIGINT NOT NULL
);

CREATE TABLE unemptied (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state BIGINT NOT NULL
);

CREATE TABLE checksums (
    version  BIGINT PRIMARY KEY,
    checksum TEXT NOT NULL  -- SHA-256 of the migration's text
);

CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content = 'titles', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO title_words (title_words, rank) VALUES ('pgsz', 1000);
INSERT INTO title_words (title_words, rank) VALUES ('automerge', 0);
INSERT INTO title_words (title_words, rank) VALUES ('crisismerge', 64);

CREATE VIEW spoken_0 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 0;

CREATE VIRTUAL TABLE words_0 USING fts5 (
    text, content = 'spoken_0', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_0 (words_0, rank) VALUES ('pgsz', 1000);
INSERT INTO words_0 (words_0, rank) VALUES ('automerge', 0);
INSERT INTO words_0 (words_0, rank) VALUES ('crisismerge', 64);

CREATE VIEW spoken_1 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 1;

CREATE VIRTUAL TABLE words_1 USING fts5 (
    text, content = 'spoken_1', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_1 (words_1, rank) VALUES ('pgsz', 1000);
INSERT INTO words_1 (words_1, rank) VALUES ('automerge', 0);
INSERT INTO words_1 (words_1, rank) VALUES ('crisismerge', 64);

CREATE VIEW spoken_2 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 2;

CREATE VIRTUAL TABLE words_2 USING fts5 (
    text, content = 'spoken_2', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_2 (words_2, rank) VALUES ('pgsz', 1000);
INSERT INTO words_2 (words_2, rank) VALUES ('automerge', 0);
INSERT INTO words_2 (words_2, rank) VALUES ('crisismerge', 64);

CREATE VIEW spoken_3 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 3;

CREATE VIRTUAL TABLE words_3 USING fts5 (
    text, content = 'spoken_3', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_3 (words_3, rank) VALUES ('pgsz', 1000);
INSERT INTO words_3 (words_3, rank) VALUES ('automerge', 0);
INSERT INTO words_3 (words_3, rank) VALUES ('crisismerge', 64);

CREATE TRIGGER title_added AFTER INSERT ON titles BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER message_added_0 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_0 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (words_0, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unmerged VALUES ('words_0', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_0 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (words_0, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_0 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unmerged VALUES ('words_0', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_spoken_0 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_added_1 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_1 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (words_1, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unmerged VALUES ('words_1', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_1 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (words_1, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_1 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unmerged VALUES ('words_1', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_spoken_1 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_added_2 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_2 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (words_2, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unmerged VALUES ('words_2', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_2 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (words_2, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_2 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unmerged VALUES ('words_2', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_spoken_2 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_added_3 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_3 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (words_3, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unmerged VALUES ('words_3', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_3 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (words_3, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_3 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unmerged VALUES ('words_3', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_spoken_3 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER title_removed AFTER DELETE ON titles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO unmerged VALUES ('title_words', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_changed AFTER UPDATE OF title ON titles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
    INSERT INTO unmerged VALUES ('title_words', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_gone AFTER DELETE ON messages WHEN old.text <> '' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_replaced AFTER UPDATE OF text ON messages WHEN old.text NOT IN ('', new.text) BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_gone AFTER DELETE ON titles BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_replaced AFTER UPDATE OF title ON titles
WHEN old.title NOT IN ('', new.title) AND old.made_by <> 'rule' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER summary_gone AFTER DELETE ON summaries BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER file_gone AFTER DELETE ON files BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER file_replaced AFTER UPDATE OF name, text, image ON files
WHEN old.name NOT IN ('', new.name) OR old.text NOT IN ('', new.text) OR old.image IS NOT NULL BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER session_counted AFTER UPDATE OF message_count ON sessions BEGIN
    UPDATE sessions SET (last_text, last_author, last_said) = (
        SELECT substr(text, 1, 100), author, CASE WHEN reply_to IS NULL THEN said ELSE at * 1000 END FROM messages
        WHERE session = new.id AND role IN ('user', 'assistant') ORDER BY said DESC, seq DESC LIMIT 1
    ) WHERE id = new.id;
END;

CREATE TRIGGER participant_wrote AFTER INSERT ON messages
WHEN new.author <> '' AND new.role = 'user' AND new.name = '' BEGIN
    INSERT INTO participants VALUES (new.session, new.author, new.said)
    ON CONFLICT (session, author) DO UPDATE SET wrote_at = max(wrote_at, excluded.wrote_at);
END;

CREATE TRIGGER participant_withdrew AFTER DELETE ON messages
WHEN old.author <> '' AND old.role = 'user' AND old.name = '' BEGIN
    DELETE FROM participants WHERE session = old.session AND author = old.author;
    INSERT INTO participants SELECT session, author, said FROM messages
    WHERE author = old.author AND author <> '' AND session = old.session AND role = 'user' AND name = ''
    ORDER BY said DESC LIMIT 1;
END;

CREATE TRIGGER participant_changed AFTER UPDATE OF role, author, name, said ON messages
WHEN old.author <> '' AND old.role = 'user' AND old.name = '' BEGIN
    DELETE FROM participants WHERE session = old.session AND author = old.author;
    INSERT INTO participants SELECT session, author, said FROM messages
    WHERE author = old.author AND author <> '' AND session = old.session AND role = 'user' AND name = ''
    ORDER BY said DESC LIMIT 1;
END;

CREATE TRIGGER participant_spoke AFTER UPDATE OF role, author, name, said ON messages
WHEN new.author <> '' AND new.role = 'user' AND new.name = '' BEGIN
    INSERT INTO participants VALUES (new.session, new.author, new.said)
    ON CONFLICT (session, author) DO UPDATE SET wrote_at = max(wrote_at, excluded.wrote_at);
END;

CREATE TRIGGER job_removed AFTER DELETE ON jobs WHEN old.argument <> '' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER job_replaced AFTER UPDATE OF argument ON jobs WHEN old.argument NOT IN ('', new.argument) BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER session_began AFTER INSERT ON sessions BEGIN
    INSERT INTO activity (session, active_at, archived_by, at) VALUES (new.id, 0, '', new.active_at);
END;

CREATE TRIGGER session_active AFTER UPDATE OF active_at, archived_by ON sessions
WHEN old.active_at <> new.active_at OR old.archived_by <> new.archived_by BEGIN
    INSERT INTO activity (session, active_at, archived_by, at)
    VALUES (new.id, old.active_at, old.archived_by, max(new.active_at, coalesce(new.archived_at, 0)));
END;

CREATE TRIGGER activity_noted AFTER INSERT ON activity BEGIN
    DELETE FROM activity WHERE id IN (SELECT id FROM activity ORDER BY id LIMIT 2) AND at < new.at - 3600000;
END;

CREATE TRIGGER message_counted AFTER INSERT ON messages WHEN new.role IN ('user', 'assistant') BEGIN
    UPDATE sessions
    SET message_count = message_count + 1,
        exchanges = exchanges + (new.role = 'assistant' AND new.reply_to IS NOT NULL)
    WHERE id = new.session;
END;

CREATE TRIGGER message_uncounted AFTER DELETE ON messages WHEN old.role IN ('user', 'assistant') BEGIN
    UPDATE sessions
    SET message_count = message_count - 1,
        exchanges = exchanges - (old.role = 'assistant' AND old.reply_to IS NOT NULL)
    WHERE id = old.session;
END;

CREATE TRIGGER message_recounted AFTER UPDATE OF seq, role, text, author, reply_to, said, at ON messages
WHEN old.role IN ('user', 'assistant') OR new.role IN ('user', 'assistant') BEGIN
    UPDATE sessions
    SET message_count = message_count + (new.role IN ('user', 'assistant')) - (old.role IN ('user', 'assistant')),
        exchanges = exchanges + (new.role = 'assistant' AND new.reply_to IS NOT NULL)
            - (old.role = 'assistant' AND old.reply_to IS NOT NULL)
    WHERE id = new.session;
END;

CREATE TRIGGER session_listed AFTER INSERT ON sessions WHEN new.owner <> '' AND new.deleting = 0 BEGIN
    INSERT INTO listed VALUES (
        new.owner, new.active_at, new.id, new.surface, new.workspace, new.channel, new.agent, new.archived_by
    );
END;

CREATE TRIGGER session_relisted AFTER UPDATE OF active_at, surface, workspace, channel, agent, archived_by ON sessions
WHEN (old.active_at, old.surface, old.workspace, old.channel, old.agent, old.archived_by)
    <> (new.active_at, new.surface, new.workspace, new.channel, new.agent, new.archived_by) BEGIN
    UPDATE listed SET active_at = new.active_at, surface = new.surface, workspace = new.workspace,
        channel = new.channel, agent = new.agent, archived_by = new.archived_by
    WHERE session = new.id;
END;

CREATE TRIGGER session_owned AFTER UPDATE OF owner, deleting ON sessions
WHEN old.owner <> new.owner OR old.deleting <> new.deleting BEGIN
    DELETE FROM listed WHERE session = new.id;
    INSERT INTO listed
    SELECT person, new.active_at, new.id, new.surface, new.workspace, new.channel, new.agent, new.archived_by FROM (
        SELECT author AS person FROM participants WHERE session = new.id UNION SELECT new.owner WHERE new.owner <> ''
    ) WHERE new.deleting = 0;
END;

CREATE TRIGGER participant_listed AFTER INSERT ON participants BEGIN
    INSERT INTO listed
    SELECT new.author, active_at, id, surface, workspace, channel, agent, archived_by FROM sessions
    WHERE id = new.session AND owner <> new.author AND deleting = 0 ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER participant_unlisted AFTER DELETE ON participants BEGIN
    DELETE FROM listed WHERE session = old.session AND person = old.author
        AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = old.session AND owner = old.author);
END;
