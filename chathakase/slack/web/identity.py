"""Who the bot is in its workspace, as ``auth.test`` tells it once at start."""

from dataclasses import dataclass

from chathakase.core.types import Place, WorkspaceKey

SURFACE = "slack"
"""What this surface is called in places."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's ids and name."""

    user_id: str
    bot_id: str
    team_id: str
    name: str
    url: str = ""
    """The workspace's address, with its closing slash; empty where Slack does not tell."""
    enterprise_id: str = ""
    """The enterprise that the workspace is part of; empty where it is part of none."""

    @property
    def workspace_key(self) -> WorkspaceKey:
        """The workspace that all our places are in."""
        return WorkspaceKey(SURFACE, self.team_id)

    def place(self, channel: str, thread: str) -> Place:
        """A thread of ours, also in a channel that is shared with other workspaces: it is read with this token."""
        return Place(*self.workspace_key, channel, thread)
