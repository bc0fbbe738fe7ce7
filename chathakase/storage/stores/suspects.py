"""Which turn may run beside which, as SQL conditions.

Nobody can tell which of several turns a process died of. After a few deaths a turn is suspected, and only what it does
with nothing beside it is held against it. It waits for that for a while at most, and so do all others.
"""

from chathakase.core.leases import AHEAD_MS
from chathakase.storage.database import Statement
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


def _waits(row: str) -> str:
    """It waits to run alone. (What ends further ahead is left from before a jump of the clock.)"""
    return f"({row}.suspect_until BETWEEN now_ms() AND now_ms() + {WAIT_MS + AHEAD_MS})"


def _is_due(row: str) -> str:
    """It waits, and others wait for it."""
    calm = f"CASE WHEN {row}.died_alone = 0 THEN {WAIT_MS + AHEAD_MS} ELSE {WAIT_MS - CALM_MS} END"
    return f"({row}.suspect_until BETWEEN now_ms() AND now_ms() + {calm})"


def _is_alone(row: str) -> str:
    return f"({row}.{SUSPECTED} AND {row}.alone = 1 AND {held(f'{row}.lease_until')})"


SOMEBODY_IS_TO_BE_ALONE = f"""
EXISTS (SELECT 1 FROM sessions x
    WHERE x.{SUSPECTED} AND x.id <> sessions.id AND ({_is_due("x")} OR {_is_alone("x")}))
"""

MAY_RUN_ALONE = f"""
(sessions.{SUSPECTED} AND sessions.died_alone + sessions.alone < {BLAMED_AFTER}
AND (sessions.died_alone + sessions.alone = 0 OR sessions.alone = 0 AND {_is_due("sessions")})
AND NOT EXISTS (SELECT 1 FROM jobs WHERE done_at IS NULL AND held_until >= 0)
AND NOT EXISTS (SELECT 1 FROM sessions x
    WHERE x.asked > x.answered AND {held("x.lease_until")} AND x.id <> sessions.id)
AND NOT EXISTS (SELECT 1 FROM turns w JOIN sessions x ON x.id = w.session
    WHERE w.session > '' AND w.action IS NOT NULL AND {held("x.lease_until")} AND x.id <> sessions.id)
AND NOT EXISTS (SELECT 1 FROM sessions x
    WHERE x.{SUSPECTED} AND x.alone = 0 AND (x.suspect_until = 0 OR {_is_due("x")}) AND x.deleting = 0
    AND {free("x.lease_until")} AND x.id <> sessions.id
    AND (x.died_alone, x.suspect_until, x.id)
        < (sessions.died_alone + sessions.alone, sessions.suspect_until, sessions.id)))
"""
"""Of a row of ``sessions``: its turn is suspected, and has nothing beside it. Of several the least suspicious."""

MAY_RUN = f"""
CASE WHEN NOT sessions.{SUSPECTED}
        THEN sessions.active_at <= now_ms() - {WAIT_MS} OR NOT {SOMEBODY_IS_TO_BE_ALONE}
    WHEN sessions.died_alone + sessions.alone >= {BLAMED_AFTER} THEN TRUE
    WHEN sessions.alone = 0 AND sessions.suspect_until > 0 AND NOT {_waits("sessions")} THEN TRUE
    ELSE {MAY_RUN_ALONE} END
"""
"""Of a row of ``sessions``: its turn may run.

Whoever has waited long enough does, alone or not; and what is to be given up does no harm.
"""

IS_NEW_SUSPECT = f"""
({free("sessions.lease_until")} AND sessions.{SUSPECTED} AND (sessions.suspect_until = 0 OR sessions.alone = 1))
"""
"""Of a row of ``sessions``: it is to wait to run alone from now on, since it died just now, alone or not."""

SOMEBODY_WAS_ALONE = f"EXISTS (SELECT 1 FROM sessions x WHERE {_is_alone('x')} AND x.id <> sessions.id)"
"""Of a row of ``sessions`` that was just claimed: another turn ran alone until then."""

SUSPECT = Statement(f"""
UPDATE sessions SET suspect_until = now_ms() + {WAIT_MS}, died_alone = died_alone + alone, alone = 0
WHERE id = $1 AND deleting = 0 AND {WAITS} AND {IS_NEW_SUSPECT}
""")

NOT_ALONE = Statement(f"UPDATE sessions SET alone = 0, suspect_until = 0 WHERE {_is_alone('sessions')} AND id <> $1")

CLEARED_OF_IT = Statement("""
UPDATE sessions SET attempts = attempts - 1, died_alone = greatest(died_alone - $3, 0)
WHERE id = $1 AND turn = $2 AND attempts > 1
""")
