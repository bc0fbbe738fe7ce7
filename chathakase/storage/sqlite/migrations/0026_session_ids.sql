-- A session has an id of its own: 12 hexadecimal digits of when it began, in epoch milliseconds, so that the older comes
-- first, and 20 of chance. Where it is may change, and it need be nowhere: then all four columns of its place are empty.
PRAGMA defer_foreign_keys = ON;

CREATE TEMP TABLE new_ids AS
SELECT id AS old, printf('%012x', began_at) || lower(hex(randomblob(10))) AS new FROM sessions;
CREATE UNIQUE INDEX temp.new_ids_by_old ON new_ids (old, new);

-- Each index that begins with the session is made anew: in order, that is many times faster than row by row.
DROP INDEX messages_by_seq;
DROP INDEX messages_by_ref;
DROP INDEX messages_in_order;
DROP INDEX messages_said_to;
DROP INDEX messages_spoken;
DROP INDEX messages_of_author;
DROP INDEX turns_of_session;
DROP INDEX turns_reopened;

UPDATE messages SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE turns SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE files SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE titles SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE summaries SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE usage SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE withheld SET session = (SELECT new FROM new_ids WHERE old = session);
UPDATE participants SET session = (SELECT new FROM new_ids WHERE old = session);

CREATE UNIQUE INDEX messages_by_seq ON messages (session, seq);
CREATE UNIQUE INDEX messages_by_ref ON messages (ref, session);
CREATE INDEX messages_in_order ON messages (session, said, seq, role);
CREATE INDEX messages_said_to ON messages (session, said) WHERE said_to > 0;
CREATE INDEX messages_spoken ON messages (session, said, seq, role) WHERE role IN ('user', 'assistant');
CREATE INDEX messages_of_author ON messages (author, session, role, said) WHERE author <> '';
CREATE INDEX turns_of_session ON turns (session, upto);
CREATE INDEX turns_reopened ON turns (session, upto) WHERE wish IS NOT NULL;

-- Only now, since whoever gives a row another id looks for what refers to it.
UPDATE sessions SET id = (SELECT new FROM new_ids WHERE old = id);
ALTER TABLE sessions ADD COLUMN moved_at BIGINT NOT NULL DEFAULT 0;  -- what came until then was said at other places

-- What is promised is known by its id within its workspace, whether or not there is a session.
CREATE TABLE new_errands (
    surface     TEXT NOT NULL,
    workspace   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    thread      TEXT NOT NULL,
    session     TEXT NOT NULL,                  -- '': there was none when it was promised
    id          TEXT NOT NULL,
    ref         TEXT NOT NULL,                  -- the surface's own id of the message or the press
    author      TEXT NOT NULL,
    command     TEXT,                           -- either a command
    argument    TEXT NOT NULL,                  -- what was said behind it
    wish        TEXT,                           -- or a press of a button, below the answer of a turn
    turn        TEXT NOT NULL,
    run         BIGINT NOT NULL,
    told_thread TEXT NOT NULL,                  -- where it was said, if that is another thread
    said        BIGINT NOT NULL,                -- when it was said, in epoch microseconds; 0: not known
    attempts    BIGINT NOT NULL DEFAULT 1,
    held_until  BIGINT NOT NULL,                -- somebody is at it until then
    done_at     BIGINT,                         -- kept for a while, so that what comes again is not done again
    PRIMARY KEY (surface, workspace, id)
);

INSERT INTO new_errands
SELECT surface, workspace, channel, thread, coalesce((SELECT new FROM new_ids WHERE old = session), ''), id, ref, author,
    command, argument, wish, turn, run, told_thread, said, attempts, held_until, done_at
FROM errands;

DROP TABLE errands;
ALTER TABLE new_errands RENAME TO errands;

CREATE INDEX errands_open ON errands (held_until) WHERE done_at IS NULL;
CREATE INDEX errands_done ON errands (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX errands_of_session ON errands (session);

CREATE TRIGGER errand_gone AFTER DELETE ON errands WHEN old.argument <> '' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER errand_replaced AFTER UPDATE OF argument ON errands WHEN old.argument NOT IN ('', new.argument) BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

DROP TABLE temp.new_ids;
