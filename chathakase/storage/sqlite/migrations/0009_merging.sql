-- Parts of the indexes are merged by a job of their own, not by whoever happens to write: only when 64 have gathered.
INSERT INTO words (words, rank) VALUES ('automerge', 0);
INSERT INTO words (words, rank) VALUES ('crisismerge', 64);
INSERT INTO title_words (title_words, rank) VALUES ('automerge', 0);
INSERT INTO title_words (title_words, rank) VALUES ('crisismerge', 64);

-- An older SQLite does not know this option, and has not set it.
INSERT INTO words (words, rank) SELECT 'secure-delete', 0 FROM words_config WHERE k = 'secure-delete';
INSERT INTO title_words (title_words, rank) SELECT 'secure-delete', 0 FROM title_words_config WHERE k = 'secure-delete';
