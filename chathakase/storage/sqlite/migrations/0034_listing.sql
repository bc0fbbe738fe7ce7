-- What a list of threads tells of each, and by which indexes a person's are found.
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT 'default';  -- who answers in it
ALTER TABLE sessions ADD COLUMN archived_by TEXT NOT NULL DEFAULT '';   -- who put it away; '': nobody; it may have idled
ALTER TABLE sessions ADD COLUMN exchanges BIGINT NOT NULL DEFAULT 0;    -- its answers that stand

CREATE INDEX sessions_of_owner ON sessions (owner, id) WHERE owner <> '';
CREATE INDEX participants_of_author ON participants (author, wrote_at, session);

-- How sessions stood in lists before they became active, or were put away, in the last hour, so that whoever reads a
-- list page by page meets each thread where it stood when they began.
CREATE TABLE activity (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- of two changes, the later has the greater
    session     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    active_at   BIGINT NOT NULL,                    -- until then; 0: it began
    archived_by TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX activity_of_session ON activity (session, id);

CREATE TRIGGER session_began AFTER INSERT ON sessions BEGIN
    INSERT INTO activity (session, active_at, archived_by, at) VALUES (new.id, 0, '', new.active_at);
END;

CREATE TRIGGER session_active AFTER UPDATE OF active_at, archived_by ON sessions
WHEN old.active_at <> new.active_at OR old.archived_by <> new.archived_by BEGIN
    INSERT INTO activity (session, active_at, archived_by, at)
    VALUES (new.id, old.active_at, old.archived_by, max(new.active_at, coalesce(new.archived_at, 0)));
END;

-- Each that comes makes room for itself.
CREATE TRIGGER activity_noted AFTER INSERT ON activity BEGIN
    DELETE FROM activity WHERE id IN (SELECT id FROM activity ORDER BY id LIMIT 2) AND at < new.at - 3600000;
END;

DROP TRIGGER message_counted;
DROP TRIGGER message_uncounted;
DROP TRIGGER message_recounted;

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

-- What is stored already.
UPDATE sessions SET exchanges =
    (SELECT count(*) FROM messages WHERE session = sessions.id AND role = 'assistant' AND reply_to IS NOT NULL);
