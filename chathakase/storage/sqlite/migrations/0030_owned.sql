-- Of whoever owns more open sessions than they may, the ones that idled longest are archived.
CREATE INDEX sessions_owned ON sessions (surface, workspace, owner, active_at) WHERE archived_at IS NULL AND owner <> '';
