"""Lists of threads, as people see them: what is asked of one, and what it tells."""

from dataclasses import dataclass

from chathakase.core.types import LastMessage, Place, SessionId, WorkspaceKey, name_of

EVERYWHERE = WorkspaceKey("", "")
"""Instead of a workspace: all of them, for whoever may read the database itself."""

PAGE = 20
"""How many threads are listed at once."""

UNTITLED = "a thread"
"""What a thread is called in a list that has no title."""

NO_MATCH = "None of your threads match “{}”."
NO_ARCHIVED = "You have no archived threads."
NO_MORE = "That was all: you have no more threads."
GONE = "I don't remember that conversation any more."
"""What is said when somebody wants something of a thread that was listed and is gone by then."""


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads are listed: those to which all of it applies."""

    agent: str = ""
    """The id of the agent that answers there; empty: any."""
    words: str = ""
    """All of them occur in the title, or in one message that is not forgotten; empty: whatever was said."""
    archived: bool | None = False
    """Whether a person put it away; None: both. One that merely idled is not archived."""
    since: int = 0
    """It was active then or later, in epoch milliseconds."""
    until: int = 0
    """It was last active before that, in epoch milliseconds; 0: whenever."""


@dataclass(frozen=True, slots=True)
class ListedThread:
    """One thread of a list."""

    session: SessionId
    place: Place | None
    title: str
    """Empty where it has none."""
    agent: str
    owner: str
    """The user id of who asked the first question in it; empty when that is not known."""
    messages: int
    """Messages that the model may see: people's and its own."""
    exchanges: int
    """Answers in it that stand."""
    last: LastMessage | None
    """None when all of it is forgotten."""
    active: int
    """When something last happened in it, in epoch milliseconds."""
    archived: bool
    """A person put it away."""
    is_last_used: bool
    """Of all of a person's threads in the workspace, it is the one in which they wrote last."""

    @property
    def name(self) -> str:
        """What people call the session."""
        return name_of(self.session, self.place)


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """A part of a list."""

    threads: tuple[ListedThread, ...]
    total: int
    """How many the whole list has."""
    next: str
    """Tells the store where the next page begins; empty where there is none."""
