-- A place is a channel's thread on a surface, in one of the workspaces there. What was stored before that came from
-- Slack; its workspace is noted by the first start that knows it.
ALTER TABLE sessions ADD COLUMN surface TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
UPDATE sessions SET surface = 'slack';
CREATE UNIQUE INDEX sessions_by_place ON sessions (surface, workspace, channel, thread) WHERE surface <> '';

ALTER TABLE errands ADD COLUMN surface TEXT NOT NULL DEFAULT '';
ALTER TABLE errands ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
UPDATE errands SET surface = 'slack';

CREATE TABLE new_gone (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    thread    TEXT NOT NULL,
    said      BIGINT NOT NULL,                  -- epoch microseconds of its newest message
    at        BIGINT NOT NULL,
    PRIMARY KEY (surface, workspace, channel, thread)
);
-- A thread is a number; before it stand the channel and an underscore.
INSERT INTO new_gone
SELECT 'slack', '', substr(head, 1, length(head) - 1), substr(session, length(head) + 1), said, at
FROM (SELECT session, said, at, rtrim(session, '0123456789.') AS head FROM gone);
DROP TABLE gone;
ALTER TABLE new_gone RENAME TO gone;
CREATE INDEX gone_at ON gone (at);
