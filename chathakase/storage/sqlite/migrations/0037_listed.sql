-- One row for each person and each session that they own or took part in, in the order of their list, so that a page
-- of it takes no longer where they have many.
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

-- One's own are found there.
DROP INDEX sessions_of_owner;

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

-- What is stored already.
INSERT INTO listed
SELECT person, active_at, id, surface, workspace, channel, agent, archived_by FROM (
    SELECT author AS person, session FROM participants UNION SELECT owner, id FROM sessions WHERE owner <> ''
) JOIN sessions ON id = session WHERE deleting = 0
ORDER BY person, active_at, id;
