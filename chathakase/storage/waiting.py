"""What waits, as SQL conditions that both stores read with the same eyes."""

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
