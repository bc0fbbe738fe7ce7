"""What waits, as SQL conditions that both stores read with the same eyes."""

LEASE_MS = 6_000
"""How long a turn is held without a renewal, in milliseconds."""

AHEAD_MS = LEASE_MS + 10_000
"""What ends further ahead is left from before a jump of the clock. Whoever waited for the writer may be some seconds
behind whoever wrote meanwhile."""

WAITS = """
(asked > answered OR EXISTS (SELECT 1 FROM turns WHERE turns.session = sessions.id AND turns.wish IS NOT NULL))
"""
"""Of a row of ``sessions``: a question waits, or a turn that ended waits to be taken up again."""

KEPT = """
(SELECT role FROM messages
WHERE messages.session = turns.session AND messages.seq <= turns.upto AND messages.asks = 1
ORDER BY messages.seq DESC LIMIT 1) = 'user'
"""
"""Of a row of ``turns``: the question that it answers is not forgotten."""


def free(now: str, until: str = "lease_until") -> str:
    """Of a row of ``sessions``: nobody holds its turn at the time that a parameter tells."""
    return f"({until} < {now} OR {until} > {now} + {AHEAD_MS})"
