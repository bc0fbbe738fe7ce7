-- What is said of a command may be told in another channel, or where somebody sees all of their threads at once.
ALTER TABLE jobs ADD COLUMN told_channel TEXT;  -- of told_thread; NULL: the same one; '': it is an overview

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
