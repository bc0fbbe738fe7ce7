-- Each workspace may be listened to by a process of its own. Until when that was done so far is told of the only surface
-- there was; in which workspace, whoever opens the database tells.
CREATE TABLE new_listened (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    until     BIGINT NOT NULL,                  -- epoch milliseconds
    PRIMARY KEY (surface, workspace)
);
INSERT INTO new_listened SELECT 'slack', '', until FROM listened;
DROP TABLE listened;
ALTER TABLE new_listened RENAME TO listened;
