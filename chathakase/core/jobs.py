"""Jobs: what was acknowledged and is no turn, such as the answer to a command or what a button wants."""

from dataclasses import dataclass

from chathakase.core.types import NO_SESSION, Place, SessionId, TurnAction, WorkspaceKey

CLEAR_SESSION = "clear session"
"""The command that has a session forgotten; until it is done, no turn is begun there that would remember."""

DELETE_SESSION = "delete session"
"""The same for one of which nothing is to be left."""

RENAME_SESSION = "rename session"
ARCHIVE_SESSION = "archive session"
STOP = "stop"
FORGET_EVERYTHING_NOW = "forget everything of mine now"
MUTE_CHANNEL = "mute channel"
UNMUTE_CHANNEL = "unmute channel"
"""Commands that are given in an overview as well as by word."""

NEW_CHAT = "new chat"
"""The command that starts a thread, from an overview alone; its argument is that of a ``NewChat``."""

FORGET_ONE = "forget one"
"""The command that a message's own menu stands for; its argument is the message."""

OFFER_AGAIN = "offer answer again"
"""The job that offers an answer to a question that was changed after it was answered."""
OFFER_WITH_FILES = "offer answer with files"
"""The same for a question whose files came long after its answer."""

HEAR = "hear"
"""The job in which a message waits until it is known who said it; its argument is the message."""
FOLLOW_CHANGE = "follow change"
"""The same for a change of a message."""

DEFERRED = frozenset({HEAR, FOLLOW_CHANGE})

MAY_NOT = "may not"
"""What is told to whoever may not talk to the bot."""
WHO_ARE_YOU = "who are you"
"""What is told to those of whom it is not known whether they may."""
MUTED = "muted"
"""What is told to whoever wants something in a muted channel."""

TURNED_AWAY = frozenset({MAY_NOT, WHO_ARE_YOU, MUTED})
"""What nobody is told more than once an hour: of a muted channel by itself, and else whichever of it."""


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody said something that is answered without the model."""

    place: Place
    ref: str
    """The surface's own id of the message."""
    by: str
    """The surface's user id of who said it."""
    name: str
    """Which command it is."""
    argument: str = ""
    """What was said behind it."""
    told_in: Place | None = None
    """Where it was said and is answered, if not in the thread that it is about: another thread, or an overview."""
    said: int = 0
    """When it was said, in epoch microseconds; 0: not known."""

    @property
    def where(self) -> Place:
        """Where it is answered."""
        return self.told_in or self.place

    @property
    def id(self) -> str:
        """The same however often the message comes."""
        # An overview is one person's, though it may have no id of its own.
        whose = f" {self.by}" if self.where.is_overview else ""
        return f"{self.where.name}{whose} {self.ref} {self.name}"


@dataclass(frozen=True, slots=True)
class ButtonPhrase:
    """Somebody said a command's words by a button."""

    place: Place
    """The thread that they are about."""
    ref: str
    """The surface's own id of the question, so that it is answered once however often a button is pressed."""
    by: str
    """The surface's user id of who pressed."""
    words: str
    told_in: Place | None = None
    """Where the question stood, if that was another thread."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Somebody wants something of an answer, by a button."""

    place: Place
    ref: str
    """The surface's own id of the press, the same however often it comes."""
    by: str
    """The surface's user id of who pressed."""
    action: TurnAction
    turn: str = ""
    """The turn that wrote the answer; empty: whatever is under way in the session."""
    run: int = 1
    """Which run of the turn the button stood under, so that it works once."""
    said: int = 0
    """When it was wanted, in epoch microseconds, so that it means nothing that was asked later; 0: not known."""

    @property
    def where(self) -> Place:
        """Where it is answered."""
        return self.place

    @property
    def id(self) -> str:
        """The same however often the press comes."""
        return f"{self.place.name} {self.ref} {self.action}"


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is to be done once, held by one process until it is done."""

    task: Command | Interaction
    attempt: int = 1
    """1 for a first try; more when the process died before it was done."""
    session: SessionId = NO_SESSION
    """The session that it is about, as far as there was one when it was stored."""

    @property
    def id(self) -> str:
        """Names the job, and what is written for it, within its workspace."""
        return self.task.id

    @property
    def key(self) -> tuple[WorkspaceKey, str]:
        """Names it wherever jobs of several workspaces are."""
        return self.task.place.workspace_key, self.task.id
