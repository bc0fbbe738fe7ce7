"""What waits, as SQL conditions that both stores read with the same eyes."""

LEASE_MS = 6_000
"""How long a turn is held without a renewal, in milliseconds."""

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


def free(now: str) -> str:
    """Of a row of ``sessions``: nobody holds its turn at the time that a parameter tells.

    A lease that ends too far ahead is left from before a jump of the clock.
    """
    return f"(lease_until < {now} OR lease_until > {now} + {LEASE_MS})"
