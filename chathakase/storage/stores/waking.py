"""How archived sessions wake, so that whoever wakes one can tell the log."""

from chathakase.storage.database import Statement
from chathakase.storage.stores.place_columns import PLACE

WOKEN = "CASE WHEN sessions.archived_at IS NULL THEN sessions.woken ELSE sessions.seq + 1 END"
"""The number of the message that last woke a session, for whoever gives a message the next number: it is the same if
this one did."""

AWAKE = "archived_at = NULL, archived_by = ''"
"""What to set of a row of ``sessions``, so that it is not archived, whoever or whatever did it."""

WAKE = Statement(f"""
UPDATE sessions SET {AWAKE} WHERE id = $1 AND archived_at IS NOT NULL RETURNING {PLACE}
""")
"""Without a new message: where the session is, if it was archived."""
