-- A command may be about another thread than the one in which it is said and answered, and about none.
ALTER TABLE errands ADD COLUMN told_thread TEXT NOT NULL DEFAULT '';  -- where it is answered, if elsewhere
ALTER TABLE errands ADD COLUMN said BIGINT NOT NULL DEFAULT 0;        -- when it was said, in epoch microseconds
