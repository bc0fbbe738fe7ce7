-- A command for which a model is called is counted as a question once, however often it is tried.
ALTER TABLE jobs ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;  -- 1: it is counted as a question already
