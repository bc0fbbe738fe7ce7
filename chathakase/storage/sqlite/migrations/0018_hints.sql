-- What somebody was told once, and what told them: a turn or an errand, which tells it again only if it is tried again.
CREATE TABLE hints (
    person TEXT NOT NULL,                       -- the surface's user id
    hint   TEXT NOT NULL,
    teller TEXT NOT NULL,
    PRIMARY KEY (person, hint)
) WITHOUT ROWID;
