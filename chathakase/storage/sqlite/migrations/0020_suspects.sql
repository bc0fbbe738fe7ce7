-- A turn during which the process died several times is suspected of it: it is to run alone, and others wait for that.
ALTER TABLE sessions ADD COLUMN suspect_until BIGINT NOT NULL DEFAULT 0;  -- it waits for that until then; 0: not yet
ALTER TABLE sessions ADD COLUMN alone BIGINT NOT NULL DEFAULT 0;          -- 1: it was claimed with nothing beside it
ALTER TABLE sessions ADD COLUMN died_alone BIGINT NOT NULL DEFAULT 0;     -- how often the process died meanwhile

CREATE INDEX sessions_suspected ON sessions (attempts) WHERE attempts >= 3;
