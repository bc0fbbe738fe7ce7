-- Who did what, by ids alone: no row has a word that anybody wrote.
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

ALTER TABLE jobs ADD COLUMN audited BIGINT NOT NULL DEFAULT 0;  -- 1: what it did is in the audit log already
