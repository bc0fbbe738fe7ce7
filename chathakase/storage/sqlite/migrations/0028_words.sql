-- Tables, columns, triggers and indexes are called as the code calls what they hold.

ALTER TABLE errands RENAME TO jobs;
ALTER TABLE jobs RENAME COLUMN wish TO action;
ALTER TABLE gone RENAME TO tombstones;
ALTER TABLE withheld RENAME TO exclusions;
ALTER TABLE unswept RENAME TO unmerged;
ALTER TABLE turns RENAME COLUMN wish TO action;
ALTER TABLE sessions RENAME COLUMN doomed TO deleting;
ALTER TABLE sessions RENAME COLUMN above_read TO backfilled;

DROP INDEX errands_done;
DROP INDEX errands_of_session;
DROP INDEX errands_open;
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX jobs_of_session ON jobs (session);
CREATE INDEX jobs_open ON jobs (held_until) WHERE done_at IS NULL;
DROP INDEX gone_at;
CREATE INDEX tombstones_at ON tombstones (at);
DROP INDEX sessions_doomed;
CREATE INDEX sessions_deleting ON sessions (id) WHERE deleting = 1;

DROP TRIGGER errand_gone;
CREATE TRIGGER job_removed AFTER DELETE ON jobs WHEN old.argument <> '' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;
DROP TRIGGER errand_replaced;
CREATE TRIGGER job_replaced AFTER UPDATE OF argument ON jobs WHEN old.argument NOT IN ('', new.argument) BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;
