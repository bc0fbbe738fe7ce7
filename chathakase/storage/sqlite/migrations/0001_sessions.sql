-- A session is one thread. It waits for an answer exactly when asked > answered.
CREATE TABLE sessions (
    id          TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    thread      TEXT NOT NULL,
    seq         BIGINT NOT NULL DEFAULT 0,      -- the newest sequence number given out
    asked       BIGINT NOT NULL DEFAULT 0,      -- the newest message that wants an answer
    answered    BIGINT NOT NULL DEFAULT 0,      -- everything up to here is answered
    lease_owner TEXT,                           -- who answers right now
    lease_until BIGINT NOT NULL DEFAULT 0,
    turn        TEXT,                           -- the turn that is not finished yet, through all its tries
    turn_began  BIGINT,
    attempts    BIGINT NOT NULL DEFAULT 0,      -- its tries
    reply_refs  TEXT NOT NULL DEFAULT '[]',     -- the messages that it has written so far
    began_at    BIGINT NOT NULL,                -- all times are epoch milliseconds
    active_at   BIGINT NOT NULL,
    archived_at BIGINT
);

CREATE INDEX sessions_waiting ON sessions (lease_until) WHERE asked > answered;
CREATE INDEX sessions_active ON sessions (active_at) WHERE archived_at IS NULL;

CREATE TABLE messages (
    session  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq      BIGINT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'command', 'cleared')),
    text     TEXT NOT NULL,
    author   TEXT NOT NULL,
    ref      TEXT NOT NULL,                     -- the surface's own id, for instance Slack's ts
    reply_to BIGINT,                            -- an answer: the newest message that it answers
    at       BIGINT NOT NULL,
    PRIMARY KEY (session, seq),
    UNIQUE (session, ref)
);

-- In a conversation an answer stands right after what it answered.
CREATE INDEX messages_in_order ON messages (session, coalesce(reply_to, seq), seq);

-- What became of the turns that ended.
CREATE TABLE turns (
    id                TEXT PRIMARY KEY,
    session           TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    upto              BIGINT NOT NULL,          -- the newest message that it answered
    attempts          BIGINT NOT NULL,
    outcome           TEXT NOT NULL,
    error             TEXT NOT NULL,
    model             TEXT NOT NULL,
    prompt_tokens     BIGINT,
    completion_tokens BIGINT,
    reply_refs        TEXT NOT NULL,
    began_at          BIGINT NOT NULL,
    ended_at          BIGINT NOT NULL
);

CREATE INDEX turns_of_session ON turns (session, began_at);
