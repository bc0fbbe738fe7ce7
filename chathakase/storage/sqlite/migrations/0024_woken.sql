-- The number of the message that last woke an archived session, so that whoever saves it knows that it did.
ALTER TABLE sessions ADD COLUMN woken BIGINT NOT NULL DEFAULT 0;
