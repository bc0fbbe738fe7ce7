-- Whoever holds a turn hears by this, within one renewal of its lease, that somebody wants it stopped.
ALTER TABLE sessions ADD COLUMN stop BIGINT NOT NULL DEFAULT 0;
