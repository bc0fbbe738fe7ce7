"""What waits, as SQL conditions that both stores read with the same eyes."""

from chathakase.core.jobs import CLEAR_SESSION, DELETE_SESSION
from chathakase.core.leases import AHEAD_MS

NO_TURN = """
lease_owner = NULL, lease_until = 0, stop = 0, turn = NULL, turn_began = NULL, attempts = 0, reply_refs = '[]',
suspect_until = 0, alone = 0, died_alone = 0
"""
"""What to set of a row of ``sessions``, so that no turn is under way or to be gone on with."""

IS_REQUESTED = "EXISTS (SELECT 1 FROM turns WHERE turns.session = sessions.id AND turns.action IS NOT NULL)"
"""Of a row of ``sessions``: a turn that ended waits to be taken up again."""

WAITS = f"(asked > answered OR {IS_REQUESTED})"
"""Of a row of ``sessions``: a question waits, or a turn that ended waits to be taken up again."""

KEPT = """
EXISTS (SELECT 1 FROM messages WHERE messages.session = turns.session AND messages.role = 'user' AND messages.asks = 1
    AND messages.seq <= turns.upto AND messages.seq >
        (SELECT coalesce(max(e.upto), 0) FROM turns e WHERE e.session = turns.session AND e.upto < turns.upto))
"""
"""Of a row of ``turns``: of the questions that it answers, not all are forgotten."""

SINCE = """
CASE WHEN EXISTS (SELECT 1 FROM turns WHERE turns.id = sessions.turn)
    THEN (SELECT coalesce(max(e.upto), 0) FROM turns e JOIN turns t ON t.session = e.session AND e.upto < t.upto
        WHERE t.id = sessions.turn)
    ELSE answered END
"""
"""Of a row of ``sessions``: what its turn does not answer any more, since it was answered before, ends here."""

FIRST_ASKED = f"""
FROM messages m WHERE m.session = sessions.id AND m.role = 'user' AND m.asks = 1 AND m.seq > {SINCE}
ORDER BY m.seq LIMIT 1
"""

FIRST_ASKER = f"(SELECT m.author {FIRST_ASKED})"
"""Of a row of ``sessions``: who asked the first thing that its turn answers."""

FIRST_ASKED_AT = f"(SELECT m.said {FIRST_ASKED})"
"""Of a row of ``sessions``: when the first thing was said that its turn answers; it may answer others as well, which
came before it was begun."""

REFS_HERE = "CASE WHEN turn_began > moved_at THEN reply_refs ELSE '[]' END"
"""Of a row of ``sessions``: the messages that its turn has written, unless it was begun at another place."""

TO_FORGET = f"""
EXISTS (SELECT 1 FROM jobs WHERE jobs.session = sessions.id
    AND jobs.command IN ('{CLEAR_SESSION}', '{DELETE_SESSION}') AND jobs.done_at IS NULL)
"""
"""Of a row of ``sessions``: somebody wants it forgotten, and that is not done yet."""


def free(until: str = "lease_until") -> str:
    """Of a row of ``sessions``: nobody holds its turn."""
    return f"({until} < now_ms() OR {until} > now_ms() + {AHEAD_MS})"


def held(until: str = "lease_until") -> str:
    """Of a row of ``sessions``: somebody holds its turn."""
    return f"{until} BETWEEN now_ms() AND now_ms() + {AHEAD_MS}"


def said_at(ref: str, otherwise: str) -> str:
    """Of a row of ``sessions``: when the message was said whose ref a parameter tells.

    Where none is stored, it is the time that another parameter tells, if that is not 0.
    """
    stored = f"SELECT c.said FROM messages c WHERE c.session = sessions.id AND c.ref = {ref}"
    return f"coalesce(({stored}), nullif(CAST({otherwise} AS BIGINT), 0))"


def begun_before(ref: str, otherwise: str) -> str:
    """Of a row of ``sessions``: its turn answers something that was said before what ``said_at`` means by the same."""
    return f"(turn IS NOT NULL AND {said_at(ref, otherwise)} > {FIRST_ASKED_AT})"
