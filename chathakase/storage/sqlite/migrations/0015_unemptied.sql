-- Whether the log (-wal) may still hold words that are gone from the tables: 1 it may, 2 it is being emptied.
CREATE TABLE unemptied (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state BIGINT NOT NULL
);

-- What was forgotten before this was noted.
INSERT INTO unemptied VALUES (1, 1);

CREATE TRIGGER message_gone AFTER DELETE ON messages WHEN old.text <> '' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER message_replaced AFTER UPDATE OF text ON messages WHEN old.text NOT IN ('', new.text) BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER title_gone AFTER DELETE ON titles BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

-- A title made by rule is the beginning of a message, which is noted itself when it goes.
CREATE TRIGGER title_replaced AFTER UPDATE OF title ON titles
WHEN old.title NOT IN ('', new.title) AND old.made_by <> 'rule' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

-- One that merely goes on replaces the one before it, of which nothing was forgotten.
CREATE TRIGGER summary_gone AFTER DELETE ON summaries BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER file_gone AFTER DELETE ON files BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER file_replaced AFTER UPDATE OF name, text, image ON files
WHEN old.name NOT IN ('', new.name) OR old.text NOT IN ('', new.text) OR old.image IS NOT NULL BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER errand_gone AFTER DELETE ON errands WHEN old.argument <> '' BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;

CREATE TRIGGER errand_replaced AFTER UPDATE OF argument ON errands WHEN old.argument NOT IN ('', new.argument) BEGIN
    INSERT INTO unemptied VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET state = 1 WHERE state <> 1;
END;
