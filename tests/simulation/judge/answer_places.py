"""Where things are. Pure."""

from tests.simulation.evidence import SimulatedThread, Turn


def place_named(session: str) -> SimulatedThread:
    """The place of a session, by its name."""
    channel, _, thread = session.partition("_")
    return SimulatedThread(channel, thread)


def place_of(turn: Turn) -> SimulatedThread:
    """Where a turn is."""
    return place_named(turn.session)
