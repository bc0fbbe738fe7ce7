-- What a list of sessions tells of each is kept with it by triggers, in the transaction that changes its messages, so
-- that nothing that changes them can forget it. Each change costs a look into an index, however long the session is.
ALTER TABLE sessions ADD COLUMN owner TEXT NOT NULL DEFAULT '';           -- who opened it; '': not known any more
ALTER TABLE sessions ADD COLUMN message_count BIGINT NOT NULL DEFAULT 0;  -- of what the model may see
ALTER TABLE sessions ADD COLUMN last_text TEXT;                           -- the first 100 characters of the last of it
ALTER TABLE sessions ADD COLUMN last_author TEXT;                         -- '': an answer
ALTER TABLE sessions ADD COLUMN last_said BIGINT;                         -- epoch microseconds; of an answer: when it ended

-- Whoever said something in a session that is not forgotten. It refers to sessions by their id.
CREATE TABLE participants (
    session  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    author   TEXT NOT NULL,
    wrote_at BIGINT NOT NULL,                   -- when they last did, in epoch microseconds
    PRIMARY KEY (session, author)
) WITHOUT ROWID;

-- What is forgotten leaves empty rows, which nobody who looks for the last message is to go through.
CREATE INDEX messages_spoken ON messages (session, said, seq, role) WHERE role IN ('user', 'assistant');

DROP INDEX messages_of_author;
CREATE INDEX messages_of_author ON messages (author, session, role, said) WHERE author <> '';

-- Messages come late and go in any order, so the last one is looked up anew whenever one is counted.
CREATE TRIGGER session_counted AFTER UPDATE OF message_count ON sessions BEGIN
    UPDATE sessions SET (last_text, last_author, last_said) = (
        SELECT substr(text, 1, 100), author, CASE WHEN reply_to IS NULL THEN said ELSE at * 1000 END FROM messages
        WHERE session = new.id AND role IN ('user', 'assistant') ORDER BY said DESC, seq DESC LIMIT 1
    ) WHERE id = new.id;
END;

CREATE TRIGGER message_counted AFTER INSERT ON messages WHEN new.role IN ('user', 'assistant') BEGIN
    UPDATE sessions SET message_count = message_count + 1 WHERE id = new.session;
END;

CREATE TRIGGER message_uncounted AFTER DELETE ON messages WHEN old.role IN ('user', 'assistant') BEGIN
    UPDATE sessions SET message_count = message_count - 1 WHERE id = old.session;
END;

CREATE TRIGGER message_recounted AFTER UPDATE OF seq, role, text, author, reply_to, said, at ON messages
WHEN old.role IN ('user', 'assistant') OR new.role IN ('user', 'assistant') BEGIN
    UPDATE sessions
    SET message_count = message_count + (new.role IN ('user', 'assistant')) - (old.role IN ('user', 'assistant'))
    WHERE id = new.session;
END;

-- The surface knows people by their ids; whoever has a name here is none of them.
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

-- What was a command may come to be said to the model.
CREATE TRIGGER participant_spoke AFTER UPDATE OF role, author, name, said ON messages
WHEN new.author <> '' AND new.role = 'user' AND new.name = '' BEGIN
    INSERT INTO participants VALUES (new.session, new.author, new.said)
    ON CONFLICT (session, author) DO UPDATE SET wrote_at = max(wrote_at, excluded.wrote_at);
END;

-- What is stored already.
UPDATE sessions SET
    owner = coalesce((
        SELECT author FROM messages WHERE session = sessions.id AND seq > 0 AND role <> 'assistant' ORDER BY seq LIMIT 1
    ), ''),
    message_count = (SELECT count(*) FROM messages WHERE session = sessions.id AND role IN ('user', 'assistant'));

INSERT INTO participants SELECT session, author, max(said) FROM messages
WHERE author <> '' AND role = 'user' AND name = '' GROUP BY session, author;
