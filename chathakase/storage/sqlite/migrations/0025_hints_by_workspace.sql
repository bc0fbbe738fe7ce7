-- Whoever has the same user id in another workspace is somebody else. What was told so far was told on the only surface
-- there was; in which workspace, whoever opens the database tells.
CREATE TABLE told (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    person    TEXT NOT NULL,                    -- the surface's user id
    hint      TEXT NOT NULL,
    teller    TEXT NOT NULL,                    -- a turn or an errand, which tells it again only if it is tried again
    PRIMARY KEY (surface, workspace, person, hint)
) WITHOUT ROWID;
INSERT INTO told SELECT 'slack', '', person, hint, teller FROM hints;
DROP TABLE hints;
ALTER TABLE told RENAME TO hints;
