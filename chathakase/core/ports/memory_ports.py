"""What the engine needs of a database to remember, to forget and to find what was said.

Every method raises StoreError when the database refuses. What a method changes it changes as a whole or not at all,
unless it says otherwise; one that only reads may meet a change between two looks.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Protocol

from chathakase.core.audit import AuditEvent
from chathakase.core.files import Attachment, Image, Reading
from chathakase.core.jobs import Job
from chathakase.core.memory import (
    Change,
    ChangeEffect,
    Memory,
    Scope,
    SearchHit,
    SessionProgress,
    Summary,
    TitleBy,
    Transcript,
)
from chathakase.core.types import (
    Incoming,
    Lease,
    Place,
    Role,
    Roster,
    Saved,
    Session,
    SessionId,
    SessionInfo,
    SessionsPage,
    Usage,
)


class SessionStore(Protocol):
    """Remembers what is said."""

    async def append(
        self, incoming: Incoming, *, role: Role = Role.USER, job: Job | None = None, claim: bool = False
    ) -> Saved:
        """Save what a person said, unless it was had already or belongs to no session of ours.

        With a job, which is saved and held with it, it asks for no turn. With ``claim`` the turn that a new question
        asks for is taken with it, as ``TurnStore.claim`` would, if it is to be had just then.
        """

    async def is_among_people(self, incoming: Incoming) -> bool:
        """Whether a message that is said to nobody in particular is said where people talk among themselves.

        So they do when the newest message before it that is said to somebody is said to people, not to the bot, and
        when others than its author said something.
        """

    async def is_behind_somebody(self, incoming: Incoming, *, answered: int = 0) -> bool:
        """Whether a message stands directly behind what another person said.

        Not where an answer of ours stands between, as far as people can see it already, nor behind a command. What came
        up to the sequence number ``answered`` has an answer that is not saved yet.
        """

    async def find(self, place: Place) -> SessionId | None:
        """The session that is at a place."""

    async def move(self, session: SessionId, place: Place | None) -> bool:
        """Move a session to another place, with all that it remembers, or to none; False where another one is there.

        What waits in it is answered at its new place, as soon as it has one; what is being answered just now ends where
        it began. What was said at the old place is not taken for new there, and may open a session of its own.
        """

    async def opened(self, places: Collection[Place]) -> Mapping[Place, SessionId]:
        """The sessions that there are by now at some places."""

    async def newest_threads(self, place: Place, *, busy: bool, limit: int) -> list[Place]:
        """The threads of a place's channel in which people said something, the last in which they did so first.

        ``busy``: only those in which an answer is being written or waits.
        """

    async def people(self, place: Place) -> frozenset[str]:
        """The user ids of everybody who has said something in the session at a place that is not forgotten."""

    async def roster(self, session: SessionId) -> Roster:
        """Who has a part in a session; nobody in one that there is not."""

    async def info(self, session: SessionId) -> SessionInfo | None:
        """What is known of one session."""

    async def active(self, place: Place, *, limit: int) -> SessionsPage:
        """The sessions of a place's workspace, or of none, that are not expired, the most recently active first."""


class MemoryStore(Protocol):
    """Tells what a session remembers, and takes in what was said before it."""

    async def memory(self, session: SessionId, *, lease: Lease | None = None, limit: int, tokens: int) -> Memory:
        """What there is for a prompt: the newest messages, what the lease's turn answers last; without one, all of it.

        They stand in the order in which they were said, whatever order they came in, and an answer stands right after
        what it answered. The turn's own earlier answer is there only if it goes on with it. At most ``limit`` messages,
        and no more than are needed to be sure to hold ``tokens`` tokens (as they were counted when stored), but always
        all that the turn answers up to ``limit``, and one message more, so that it can be seen where a turn begins.
        """

    async def progress(self, session: SessionId, *, limit: int) -> SessionProgress:
        """How far a session has come; tokens are those of the newest ``limit`` messages."""

    async def add_earlier(self, session: SessionId, messages: Sequence[Incoming]) -> int:
        """Store what was said in a thread before the bot was called, as context; returns how many were new.

        From then on the memory's ``backfilled`` is true, also when there was nothing. What somebody has had forgotten
        there is left out. Done in several transactions where it is much; cut short, it can be done again.
        """


class ChangeStore(Protocol):
    """Follows what people change and delete."""

    async def change(
        self, change: Change, *, is_command: bool = False, calls: bool = False, may_ask: bool = True
    ) -> ChangeEffect | None:
        """Change or forget a stored message, and every summary and title that may tell of it.

        None when it is not known, forgotten already, ours, or was changed again since. What was a command and, as
        ``is_command`` tells, is none any more waits if it asks, as does what did not ask and ``calls`` us now; unless
        it ``may_ask`` it is context all the same. A command that becomes another one is not done once more.
        """


class FileStore(Protocol):
    """Remembers what files hold."""

    async def unread(self, session: SessionId, *, limit: int) -> list[Attachment]:
        """The newest files of a session that nobody has tried to read yet."""

    async def note_reading(self, attachment: int, reading: Reading) -> None:
        """Remember what a file holds, or why nobody can tell."""

    async def images(self, attachments: Collection[int]) -> Mapping[int, Image]:
        """The stored images of these attachments."""


class SummaryStore(Protocol):
    """Remembers summaries; the messages that they tell of stay where they are."""

    async def to_summarise(self, session: SessionId, *, keep: int, limit: int) -> Memory:
        """What comes behind the summary that there is, oldest first, without the newest ``keep`` messages.

        At most ``limit`` messages; never a question without its answer.
        """

    async def summarised(
        self, session: SessionId, summary: Summary, *, instead_of: Memory, usage: Usage, by: str = ""
    ) -> bool:
        """Replace the summary in what ``to_summarise`` gave; False, and nothing saved, when that is stale.

        That is: when another one was made, or something was changed or forgotten or came late, meanwhile. What it cost
        counts in any case, for ``by`` whom it was asked for, or for whoever asked last.
        """

    async def spent(self, session: SessionId, model: str, usage: Usage, *, by: str) -> None:
        """Count what a summary cost that is told to somebody and not kept."""


class TitleStore(Protocol):
    """Remembers what sessions are called."""

    async def title(self, session: SessionId) -> str | None:
        """What a session is called, empty where it has no title; None if it is gone."""

    async def set_title(
        self,
        session: SessionId,
        title: str,
        *,
        by: TitleBy,
        usage: Usage | None = None,
        model: str = "",
        made_of: Memory | None = None,
    ) -> bool:
        """Give a session a title; False when it has a better one: of a model, or, best of all, of a person.

        Also False when it was ``made_of`` what is stale, since something was changed or forgotten meanwhile. What it
        cost a ``model`` counts in any case, for whoever asked last.
        """


class ForgetStore(Protocol):
    """Forgets what people want forgotten. What is forgotten is in no history, summary, title, file or search."""

    async def clear(self, session: SessionId, *, before: str, said: int = 0) -> int:
        """Forget what was said before a message; returns how many messages were forgotten.

        Where that message is not stored, before it was ``said``, in epoch microseconds. A turn that answers something
        of it ends; what was asked later waits again. Done in several transactions where it is much; cut short, it can
        be done again.
        """

    async def forget(self, scope: Scope, *, author: str, session: Session, before: str, said: int = 0) -> int:
        """Forget what one person said, up to a stored message; returns how many messages were forgotten.

        Where that message is not stored, up to when it was ``said``, in epoch microseconds. Everywhere is in all
        sessions of the place's workspace, and in those without a place.

        Done in several transactions where it may be much; cut short, it can be done again.
        """

    async def where(self, author: str, place: Place) -> frozenset[SessionId]:
        """The sessions of a place's workspace, or of none, that remember something that a person said."""

    async def author_of(self, session: SessionId, ref: str) -> str | None:
        """Who wrote a message that is not forgotten, by their user id, which is empty for an answer of ours.

        None when there is no such message.
        """

    async def archive(self, session: SessionId, *, by: str) -> bool:
        """Archive a session for a person; False if something waits or is being answered there, or if it is gone."""

    async def delete(self, session: SessionId, *, job: Job, event: AuditEvent) -> None:
        """Delete every row of a session for the job of a message or a press; ``event`` is for the audit log.

        From the first transaction on, the session is gone for everybody, and what is said in its thread begins another
        one, which is told nothing of what was said before. If something was asked there after the message or the press,
        the session stays for it, and what was said before is forgotten, as by ``clear``. Cut short, it can be done
        again.
        """

    async def has_deleted(self, job: Job, session: SessionId) -> bool:
        """Whether it was this job that began to delete a session; whatever is left of that goes now."""

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting, in small transactions; how many."""

    async def prune(self, *, idle: int) -> int:
        """Delete every row of sessions that were idle for so many milliseconds, in small transactions; how many."""


class SearchStore(Protocol):
    """Finds what was said."""

    async def search(
        self, words: str, *, author: str | None, channels: Collection[Place] | None, limit: int
    ) -> list[SearchHit]:
        """The newest messages and titles in which all words occur, in sessions in which ``author`` said something.

        ``channels``: only in those; None means any, for whoever may read the database itself, as for ``author``.
        """

    async def channels_of(self, author: str) -> frozenset[Place]:
        """The channels of the sessions in which somebody of that id said something, in whatever workspace."""


class SearchIndex(Protocol):
    """What words are found by."""

    async def merge(self) -> None:
        """Put in order, bit by bit, what has been added since the last time."""

    async def sweep(self) -> None:
        """Drop, bit by bit, what was removed and is still in it."""


class ExportStore(Protocol):
    """Gives back all that is stored."""

    async def transcript(self, session: SessionId) -> Transcript | None:
        """One whole session, without what is forgotten."""

    def transcripts(self) -> AsyncIterator[Transcript]:
        """Every session, one at a time, the oldest first."""
