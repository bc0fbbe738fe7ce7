-- Whether somebody else than the surface keeps a file: then it is never asked for, whatever is told of it later.
ALTER TABLE files ADD COLUMN remote INTEGER NOT NULL DEFAULT 0;
