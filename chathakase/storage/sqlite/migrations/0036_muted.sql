-- The channels in which nobody is answered, because an admin wants it so.
CREATE TABLE muted_channels (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    muted_by  TEXT NOT NULL,  -- the surface's user id
    muted_at  BIGINT NOT NULL,
    PRIMARY KEY (surface, workspace, channel)
) WITHOUT ROWID;
