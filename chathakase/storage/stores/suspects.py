"""Which turn may run beside which, as SQL conditions.

Nobody can tell which of several turns a process died of. After a few deaths a turn is suspected, and only what it does
with nothing beside it is held against it. It waits for that for a while at most, and so do all others.
"""

from chathakase.core.leases import AHEAD_MS
from chathakase.storage.stores.waiting import WAITS, free, held

SUSPECTED_AFTER = 3
"""Deaths of the process during a turn after which that is suspected; an index holds those."""

BLAMED_AFTER = 2
"""Deaths while it ran alone after which it is given up."""

WAIT_MS = 60_000
"""How long a suspect waits to run alone, and anybody else for a suspect, in milliseconds."""

CALM_MS = 40_000
"""How much of that it waits once a process died while it ran alone, before others wait for it again: by then may have
passed what else ends processes."""

SUSPECTED = f"attempts >= {SUSPECTED_AFTER}"


def may_run(now: str) -> str:
    """Of a row of ``sessions``: its turn may run at the time that a parameter tells.

    Whoever has waited long enough does, alone or not; and what is to be given up does no harm.
    """
    waited = f"sessions.active_at <= {now} - {WAIT_MS}"
    return f"""
    CASE WHEN NOT sessions.{SUSPECTED} THEN {waited} OR NOT {_somebody_is_to_be_alone(now)}
        WHEN sessions.died_alone + sessions.alone >= {BLAMED_AFTER} THEN 1
        WHEN sessions.alone = 0 AND sessions.suspect_until > 0 AND NOT {_waits("sessions", now)} THEN 1
        ELSE {may_run_alone(now)} END
    """


def may_run_alone(now: str) -> str:
    """Of a row of ``sessions``: its turn is suspected, and has nothing beside it. Of several the least suspicious."""
    return f"""
    (sessions.{SUSPECTED} AND sessions.died_alone + sessions.alone < {BLAMED_AFTER}
    AND (sessions.died_alone + sessions.alone = 0 OR sessions.alone = 0 AND {_is_due("sessions", now)})
    AND NOT EXISTS (SELECT 1 FROM errands WHERE done_at IS NULL AND held_until >= 0)
    AND NOT EXISTS (SELECT 1 FROM sessions x
        WHERE x.asked > x.answered AND {held(now, "x.lease_until")} AND x.id <> sessions.id)
    AND NOT EXISTS (SELECT 1 FROM turns w JOIN sessions x ON x.id = w.session
        WHERE w.session > '' AND w.wish IS NOT NULL AND {held(now, "x.lease_until")} AND x.id <> sessions.id)
    AND NOT EXISTS (SELECT 1 FROM sessions x
        WHERE x.{SUSPECTED} AND x.alone = 0 AND (x.suspect_until = 0 OR {_is_due("x", now)}) AND x.doomed = 0
        AND {free(now, "x.lease_until")} AND x.id <> sessions.id
        AND (x.died_alone, x.suspect_until, x.id)
            < (sessions.died_alone + sessions.alone, sessions.suspect_until, sessions.id)))
    """


def is_new_suspect(now: str) -> str:
    """Of a row of ``sessions``: it is to wait to run alone from now on, since it died just now, alone or not."""
    is_new = "sessions.suspect_until = 0 OR sessions.alone = 1"
    return f"({free(now, 'sessions.lease_until')} AND sessions.{SUSPECTED} AND ({is_new}))"


def somebody_was_alone(now: str) -> str:
    """Of a row of ``sessions`` that was just claimed: another turn ran alone until then."""
    return f"EXISTS (SELECT 1 FROM sessions x WHERE {_is_alone('x', now)} AND x.id <> sessions.id)"


def _somebody_is_to_be_alone(now: str) -> str:
    return f"""
    EXISTS (SELECT 1 FROM sessions x
        WHERE x.{SUSPECTED} AND x.id <> sessions.id AND ({_is_due("x", now)} OR {_is_alone("x", now)}))
    """


def _waits(row: str, now: str) -> str:
    """It waits to run alone. (What ends further ahead is left from before a jump of the clock.)"""
    return f"({row}.suspect_until BETWEEN {now} AND {now} + {WAIT_MS + AHEAD_MS})"


def _is_due(row: str, now: str) -> str:
    """It waits, and others wait for it."""
    calm = f"CASE WHEN {row}.died_alone = 0 THEN {WAIT_MS + AHEAD_MS} ELSE {WAIT_MS - CALM_MS} END"
    return f"({row}.suspect_until BETWEEN {now} AND {now} + {calm})"


def _is_alone(row: str, now: str) -> str:
    return f"({row}.{SUSPECTED} AND {row}.alone = 1 AND {held(now, f'{row}.lease_until')})"


SUSPECT = f"""
UPDATE sessions SET suspect_until = $2 + {WAIT_MS}, died_alone = died_alone + alone, alone = 0
WHERE id = $1 AND doomed = 0 AND {WAITS} AND {is_new_suspect("$2")}
"""

NOT_ALONE = f"UPDATE sessions SET alone = 0, suspect_until = 0 WHERE {_is_alone('sessions', '$2')} AND id <> $1"

CLEARED_OF_IT = """
UPDATE sessions SET attempts = attempts - 1, died_alone = max(died_alone - $3, 0)
WHERE id = $1 AND turn = $2 AND attempts > 1
"""
