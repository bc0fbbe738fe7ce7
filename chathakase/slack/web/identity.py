"""Who the bot is in its workspace, as ``auth.test`` tells it once at start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's ids and name."""

    user_id: str
    bot_id: str
    team_id: str
    name: str
    url: str = ""
    """The workspace's address, with its closing slash; empty where Slack does not tell."""
