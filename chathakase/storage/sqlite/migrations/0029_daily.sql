-- What was asked and what models cost on each day, in UTC, by whom and where: counts alone, which outlive their sessions.
CREATE TABLE daily_usage (
    day               BIGINT NOT NULL,  -- since 1970-01-01
    surface           TEXT NOT NULL,
    workspace         TEXT NOT NULL,
    channel           TEXT NOT NULL,
    person            TEXT NOT NULL,    -- the surface's user id of whoever caused it; '': not known
    agent             TEXT NOT NULL,
    model             TEXT NOT NULL,    -- '': of questions, which are counted before a model is called
    questions         BIGINT NOT NULL,
    calls             BIGINT NOT NULL,  -- of a model
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    cost              BIGINT NOT NULL,  -- millionths of a US dollar; 0 where the price is unknown
    PRIMARY KEY (day, surface, workspace, channel, person, agent, model)
) WITHOUT ROWID;
CREATE INDEX daily_usage_of_person ON daily_usage (surface, workspace, person, day);

-- The sums that are limited. A row is changed before it is looked at, so that two at once do not pass the same limit.
CREATE TABLE daily_totals (
    day       BIGINT NOT NULL,
    surface   TEXT NOT NULL,             -- '': the row of all
    workspace TEXT NOT NULL,
    whose     TEXT NOT NULL CHECK (whose IN ('person', 'channel', 'all')),
    id        TEXT NOT NULL,             -- the surface's own; '': of all
    questions BIGINT NOT NULL DEFAULT 0,
    tokens    BIGINT NOT NULL DEFAULT 0,
    cost      BIGINT NOT NULL DEFAULT 0, -- millionths of a US dollar
    lifted    BIGINT NOT NULL DEFAULT 0, -- 1: no limit holds for this person until the day ends
    PRIMARY KEY (day, surface, workspace, whose, id)
) WITHOUT ROWID;

-- Who was told that a limit is reached, and when.
CREATE TABLE limit_notices (
    surface   TEXT NOT NULL,
    workspace TEXT NOT NULL,
    person    TEXT NOT NULL,  -- the surface's user id
    which     TEXT NOT NULL,  -- the limit
    told_at   BIGINT NOT NULL,
    PRIMARY KEY (surface, workspace, person, which)
) WITHOUT ROWID;
CREATE INDEX limit_notices_at ON limit_notices (told_at);
