"""Places on Slack, for tests that speak of one workspace."""

from chathakase.core.types import Place, WorkspaceKey
from chathakase.slack.web.identity import SURFACE

TEAM = "T0HAKASE01"
"""The playground's."""


HOME = WorkspaceKey(SURFACE, TEAM)


def slack_place(channel: str, thread: str, *, team: str = TEAM) -> Place:
    """A thread in the workspace of the tests, or in another one."""
    return Place(SURFACE, team, channel, thread)
