"""What a supervisor may know of a running bot: numbers, and nobody's names or words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """The bot at one moment. Times are seconds."""

    connected: bool
    """The socket to Slack is open."""
    database: bool
    """The database answers."""
    last_event_age: float | None = None
    """Since Slack sent the last event; None before the first."""
    turns_waiting: int = 0
    """Sessions that wait for an answer or get one just now."""
    oldest_wait: float = 0.0
    """For how long the first of them has been waiting."""
    consumers: int = 1
    """Connections of the app that Slack counts, the bot's own as one; above 1, others get some of its events."""

    @property
    def ready(self) -> bool:
        """Whether somebody who asks something now will be answered."""
        return self.connected and self.database

    def facts(self) -> dict[str, bool | int | float | None]:
        """Everything as JSON has it."""
        age = self.last_event_age
        return {
            "live": True,
            "ready": self.ready,
            "connected": self.connected,
            "database": self.database,
            "last_event_age": None if age is None else round(age, 1),
            "turns_waiting": self.turns_waiting,
            "oldest_wait": round(self.oldest_wait, 1),
            "consumers": self.consumers,
        }
