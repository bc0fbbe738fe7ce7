"""Who may talk to the bot, and where. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody belongs to a workspace; neither of both: they are a member."""

    is_guest: bool = False
    """They are let into some of its channels only."""
    is_external: bool = False
    """They belong neither to it nor to the enterprise that it is part of."""


class Decision(Enum):
    """Whether somebody may talk to the bot somewhere."""

    ALLOWED = auto()
    REFUSED = auto()
    UNKNOWN = auto()
    """It depends on who they are, which is not known yet."""
    MUTED = auto()
    """Nobody is answered there, whoever they are."""


NOT_FOR_YOU = "Sorry, I'm not allowed to answer you here. My admin decides who may talk to me, and where."
NOT_KNOWN = "Sorry, I couldn't find out who you are, so I can't answer you. Please try again in a minute."
NOT_HERE = "Sorry, an admin has muted me in this channel, so I can't answer you here."
WHY_NOT: Mapping[Decision, str] = {
    Decision.REFUSED: NOT_FOR_YOU,
    Decision.UNKNOWN: NOT_KNOWN,
    Decision.MUTED: NOT_HERE,
}
"""What is told to whoever may not. Somebody is told once an hour: of the first two whichever it is, of the last of each
channel."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may, and where; ids are those of one surface."""

    admins: frozenset[str] = frozenset()
    """Who always may, everywhere."""
    users: frozenset[str] = frozenset()
    """If there are any, they alone may, whatever their standing."""
    channels: frozenset[str] = frozenset()
    """If there are any, in these alone and in direct messages."""
    guests: bool = False
    """Whether guests may."""
    external: bool = False
    """Whether people from elsewhere may."""

    def decision(self, user: str, channel: str, standing: Standing | None) -> Decision:
        """Whether somebody may in a channel, which is empty for a direct message; ``standing`` is None if not known."""
        if (named := self.by_name(user, channel)) is not Decision.UNKNOWN or standing is None:
            return named
        is_kept_out = (standing.is_guest and not self.guests) or (standing.is_external and not self.external)
        return Decision.REFUSED if is_kept_out else Decision.ALLOWED

    def by_name(self, user: str, channel: str) -> Decision:
        """The decision as far as it depends on no standing, so that nobody has to be asked about it."""
        if user in self.admins:
            return Decision.ALLOWED
        if self.channels and channel and channel not in self.channels:
            return Decision.REFUSED
        if self.users:
            return Decision.ALLOWED if user in self.users else Decision.REFUSED
        return Decision.ALLOWED if self.guests and self.external else Decision.UNKNOWN


OPEN = AccessRule(guests=True, external=True)
"""Everybody may, everywhere."""
