-- What was promised with an acknowledgement and is no turn: the answer to a command, what a button wants.
CREATE TABLE errands (
    id         TEXT PRIMARY KEY,
    session    TEXT NOT NULL,
    channel    TEXT NOT NULL,
    thread     TEXT NOT NULL,
    ref        TEXT NOT NULL,                   -- the surface's own id of the message or the press
    author     TEXT NOT NULL,
    command    TEXT,                            -- either a command
    wish       TEXT,                            -- or a press of a button, below the answer of a turn
    turn       TEXT NOT NULL DEFAULT '',
    run        BIGINT NOT NULL DEFAULT 1,
    attempts   BIGINT NOT NULL DEFAULT 1,
    held_until BIGINT NOT NULL,                 -- somebody is at it until then
    done_at    BIGINT                           -- kept for a while, so that what comes again is not done again
);

CREATE INDEX errands_open ON errands (held_until) WHERE done_at IS NULL;
CREATE INDEX errands_done ON errands (done_at) WHERE done_at IS NOT NULL;
