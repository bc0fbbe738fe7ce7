-- To whom a message is said: 0 nobody in particular, 1 the bot, 2 other people. The newest of those that are said to
-- somebody tells whether people talk among themselves in a thread.
ALTER TABLE messages ADD COLUMN said_to BIGINT NOT NULL DEFAULT 0;

CREATE INDEX messages_said_to ON messages (session, said) WHERE said_to > 0;
