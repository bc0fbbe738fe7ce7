-- The index of words is four indexes, one for every fourth block of 65,536 messages: merging what it knows of a common
-- part of words cannot be interrupted, and takes as long as there are messages in which it occurs.
DROP TRIGGER message_added;
DROP TRIGGER message_removed;
DROP TRIGGER message_changed;
DROP TRIGGER message_spoken;
DROP TRIGGER title_removed;
DROP TRIGGER title_changed;
DROP TABLE words;
DROP VIEW spoken;
DROP TABLE unswept;

-- Which indexes may still hold what was taken out of them: 1 they may, 2 they are being swept.
CREATE TABLE unswept (
    name  TEXT PRIMARY KEY,
    state BIGINT NOT NULL
);

CREATE VIEW spoken_0 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 0;
CREATE VIRTUAL TABLE words_0 USING fts5 (
    text, content = 'spoken_0', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_0 (words_0, rank) VALUES ('pgsz', 1000);
INSERT INTO words_0 (words_0, rank) VALUES ('automerge', 0);
INSERT INTO words_0 (words_0, rank) VALUES ('crisismerge', 64);
INSERT INTO words_0 (words_0) VALUES ('rebuild');

CREATE TRIGGER message_added_0 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_0 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (words_0, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unswept VALUES ('words_0', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_0 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (words_0, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_0 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unswept VALUES ('words_0', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

-- What was a command may come to be said to the model.
CREATE TRIGGER message_spoken_0 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 0 BEGIN
    INSERT INTO words_0 (rowid, text) VALUES (new.id, new.text);
END;

CREATE VIEW spoken_1 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 1;
CREATE VIRTUAL TABLE words_1 USING fts5 (
    text, content = 'spoken_1', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_1 (words_1, rank) VALUES ('pgsz', 1000);
INSERT INTO words_1 (words_1, rank) VALUES ('automerge', 0);
INSERT INTO words_1 (words_1, rank) VALUES ('crisismerge', 64);
INSERT INTO words_1 (words_1) VALUES ('rebuild');

CREATE TRIGGER message_added_1 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_1 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (words_1, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unswept VALUES ('words_1', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_1 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (words_1, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_1 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unswept VALUES ('words_1', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

-- What was a command may come to be said to the model.
CREATE TRIGGER message_spoken_1 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 1 BEGIN
    INSERT INTO words_1 (rowid, text) VALUES (new.id, new.text);
END;

CREATE VIEW spoken_2 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 2;
CREATE VIRTUAL TABLE words_2 USING fts5 (
    text, content = 'spoken_2', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_2 (words_2, rank) VALUES ('pgsz', 1000);
INSERT INTO words_2 (words_2, rank) VALUES ('automerge', 0);
INSERT INTO words_2 (words_2, rank) VALUES ('crisismerge', 64);
INSERT INTO words_2 (words_2) VALUES ('rebuild');

CREATE TRIGGER message_added_2 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_2 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (words_2, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unswept VALUES ('words_2', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_2 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (words_2, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_2 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unswept VALUES ('words_2', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

-- What was a command may come to be said to the model.
CREATE TRIGGER message_spoken_2 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 2 BEGIN
    INSERT INTO words_2 (rowid, text) VALUES (new.id, new.text);
END;

CREATE VIEW spoken_3 AS SELECT id, text FROM messages WHERE role IN ('user', 'assistant') AND (id >> 16) & 3 = 3;
CREATE VIRTUAL TABLE words_3 USING fts5 (
    text, content = 'spoken_3', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO words_3 (words_3, rank) VALUES ('pgsz', 1000);
INSERT INTO words_3 (words_3, rank) VALUES ('automerge', 0);
INSERT INTO words_3 (words_3, rank) VALUES ('crisismerge', 64);
INSERT INTO words_3 (words_3) VALUES ('rebuild');

CREATE TRIGGER message_added_3 AFTER INSERT ON messages
WHEN new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed_3 AFTER DELETE ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (words_3, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO unswept VALUES ('words_3', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_changed_3 AFTER UPDATE OF role, text ON messages
WHEN old.role IN ('user', 'assistant') AND (old.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (words_3, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO words_3 (rowid, text) SELECT new.id, new.text WHERE new.role IN ('user', 'assistant');
    INSERT INTO unswept VALUES ('words_3', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

-- What was a command may come to be said to the model.
CREATE TRIGGER message_spoken_3 AFTER UPDATE OF role ON messages
WHEN old.role NOT IN ('user', 'assistant') AND new.role IN ('user', 'assistant') AND (new.id >> 16) & 3 = 3 BEGIN
    INSERT INTO words_3 (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER title_removed AFTER DELETE ON titles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO unswept VALUES ('title_words', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_changed AFTER UPDATE OF title ON titles BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
    INSERT INTO unswept VALUES ('title_words', 1) ON CONFLICT (name) DO UPDATE SET state = 1 WHERE state <> 1;
END;

INSERT INTO unswept SELECT 'title_words', 1 FROM titles LIMIT 1;
