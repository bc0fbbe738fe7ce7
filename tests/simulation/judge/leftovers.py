"""Everything came to rest, and nothing is left that says that more is on its way."""

from collections.abc import Iterator

from tests.simulation.evidence import Evidence
from tests.simulation.judge.flaws import Flaw, Wrong

PLACEHOLDERS = ("thinking…", "⏸")
"""What says that more is on its way: in the place of a first text, and below one that was put down at a restart."""
STOP = "chathakase_stop"


def at_rest(evidence: Evidence) -> Iterator[Flaw]:
    """It did so in time."""
    for what in evidence.unsettled:
        yield Flaw(Wrong.UNSETTLED, what)


def nothing_left_over(evidence: Evidence) -> Iterator[Flaw]:
    """No placeholder, no status, no button to stop what has ended."""
    for shown in evidence.shown:
        if any(sign in shown.text for sign in PLACEHOLDERS):
            yield Flaw(Wrong.LEFT_OVER, f"a placeholder, {shown.ts}", shown.place)
        if STOP in shown.buttons:
            yield Flaw(Wrong.LEFT_OVER, f"a button to stop {shown.ts}: {shown.text[:60]!r}", shown.place)
        if not shown.text.strip() or shown.text.strip() == "–":
            yield Flaw(Wrong.LEFT_OVER, f"{shown.ts} says nothing", shown.place)
    for place in evidence.statuses:
        yield Flaw(Wrong.LEFT_OVER, "a status", place)
