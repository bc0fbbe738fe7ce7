-- What was a command may come to be said to the model: with a file, or by a change. Then it is to be found as well.
CREATE TRIGGER message_spoken AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id, new.text);
END;
