"""For how long a turn or a job is held, and how often whoever is at it says so again."""

LEASE_MS = 6_000
"""How long it is held without a renewal, in milliseconds by the database's clock."""

RENEW_EVERY = LEASE_MS / 3 / 1000
"""Seconds between two renewals: one that fails is followed by another in time."""

CONFIRMED_FOR = LEASE_MS / 1000 - 1
"""Seconds after the beginning of a renewal, by one's own clock, for which nobody else can have it."""

LEFT_WITHIN = LEASE_MS / 1000 + 4
"""Seconds after which what its process left, or is ending, is surely free."""

AHEAD_MS = LEASE_MS + 10_000
"""What ends further ahead is left from before a jump of the clock. Whoever waited for the writer may be some seconds
behind whoever wrote meanwhile."""
