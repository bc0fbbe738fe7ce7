-- Turns are looked for by the newest message that they answered; nobody asks when they were begun.
DROP INDEX turns_of_session;
CREATE INDEX turns_of_session ON turns (session, upto);

-- Of two that serve equally well SQLite takes the one made last: what waits to be taken up again is found by this one.
DROP INDEX turns_reopened;
CREATE INDEX turns_reopened ON turns (session, upto) WHERE wish IS NOT NULL;
