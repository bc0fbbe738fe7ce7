"""Where things are. Pure."""

from tests.simulation.evidence import Place, Turn


def place_named(session: str) -> Place:
    """The place of a session, by its name."""
    channel, _, thread = session.partition("_")
    return Place(channel, thread)


def place_of(turn: Turn) -> Place:
    """Where a turn is."""
    return place_named(turn.session)
