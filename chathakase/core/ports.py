"""The few promises that rooms make to the engine; a test double is one more implementation."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from chathakase.core.errands import Errand, Press
from chathakase.core.types import (
    Finished,
    Heard,
    Hold,
    Incoming,
    Lease,
    Message,
    Outcome,
    Person,
    Place,
    Prompt,
    Result,
    Role,
    SessionInfo,
    SessionsPage,
    Wish,
)


class SessionStore(Protocol):
    """Remembers what is said. Every method is atomic and raises StoreError when the database refuses."""

    async def append(self, incoming: Incoming, *, role: Role = Role.USER, errand: Errand | None = None) -> bool:
        """Save what a person said; False when it was had already or belongs to no session of ours.

        With an errand, which is saved and held with it, it asks for no turn.
        """

    async def history(self, lease: Lease, *, limit: int) -> list[Message]:
        """The newest ``limit`` messages that matter to a turn, what it answers last.

        They stand in the order in which they were said, whatever order they came in, and an answer stands right after
        what it answered. The turn's own earlier answer is there only if it goes on with it.
        """

    async def people(self, session_id: str) -> frozenset[str]:
        """The user ids of everybody who has said something in a session that is not forgotten."""

    async def clear(self, session_id: str, *, before: str) -> int:
        """Forget what was said before a stored message and end the turn; returns how many messages were forgotten."""

    async def info(self, session_id: str) -> SessionInfo | None:
        """What is known of one session."""

    async def active(self, *, limit: int) -> SessionsPage:
        """The sessions that are not expired, the most recently active first."""

    async def expire(self) -> int:
        """Expire idle sessions, never one with a turn under way or waiting; returns how many."""


class TurnStore(Protocol):
    """Says who may answer. Every method is atomic and raises StoreError when the database refuses."""

    async def waiting(self) -> list[str]:
        """The ids of sessions in which something waits and nobody works."""

    async def claim(self, session_id: str) -> Lease | None:
        """Take the turn of a session; None when nothing waits or somebody holds it."""

    async def renew(self, lease: Lease) -> Hold:
        """Hold on to a turn."""

    async def want_stop(self, session_id: str, turn: str) -> bool:
        """Have a turn stopped that somebody else holds, or held when it died; of no turn: whatever is held.

        False when there is none.
        """

    async def note_reply(self, lease: Lease, refs: Sequence[str]) -> None:
        """Remember the messages that a turn is writing, so that a later try edits them."""

    async def finish(self, lease: Lease, result: Result) -> bool:
        """Save the answer and the cursor and end the lease; False, and nothing saved, when it is lost."""

    async def release(self, lease: Lease) -> None:
        """Put a turn down unfinished, for whoever comes next."""

    async def reopen(self, press: Press) -> bool:
        """Have a turn that ended taken up again, as the press wishes; the session then waits for it.

        False when that run of the turn was taken up already, or when what it answered is forgotten.
        """

    async def askers(self, session_id: str, turn: str, *, upto: int = 0) -> frozenset[str]:
        """The user ids of who asked what a turn answers; of no turn: of who asked what is not answered yet.

        ``upto`` is the newest message that a turn under way answers; what was asked after it is no matter of its.
        """

    async def was_cleared(self, lease: Lease) -> bool:
        """Tell whether a turn that is lost was forgotten, so that nobody else writes or has written its answer."""


class ErrandStore(Protocol):
    """Remembers what is to be done once. Every method is atomic and raises StoreError when the database refuses."""

    async def promise(self, errand: Errand) -> bool:
        """Save an errand and hold it; False when it was had already."""

    async def claim(self) -> list[Errand]:
        """Take what is not done and nobody holds: whoever held it died."""

    async def hold(self, errand: Errand) -> None:
        """Hold on to an errand."""

    async def release(self, errand: Errand) -> None:
        """Put an errand down undone, for whoever comes next."""

    async def done(self, errand: Errand) -> None:
        """Note that an errand is done."""


class ListeningStore(Protocol):
    """Remembers until when somebody listened. Every method raises StoreError when the database refuses."""

    async def until(self) -> int | None:
        """When somebody last listened, in epoch milliseconds; None when nobody ever did."""

    async def note(self) -> None:
        """Somebody listens now."""

    async def active(self, *, since: int, limit: int) -> list[Heard]:
        """The sessions that were active since a time in epoch milliseconds, the most recent first."""


class Past(Protocol):
    """Tells what was said on a surface while nobody listened. Both raise DeliveryError."""

    async def thread(self, place: Place, *, since: int) -> list[Incoming]:
        """What people said in a thread since a time in epoch microseconds, oldest first."""

    async def channel(self, channel: str, *, since: int) -> list[Incoming]:
        """What opens sessions and was said in a channel since then, oldest first."""


class LanguageModel(Protocol):
    """Speaks."""

    @property
    def name(self) -> str:
        """The model that is asked for."""

    def stream(self, prompt: Prompt) -> AsyncGenerator[str | Finished]:
        """Yield the answer piece by piece, then one Finished. Raises ModelError."""


class Reply(Protocol):
    """One growing answer on a surface. While it is entered, the surface shows that something is on its way."""

    async def __aenter__(self) -> Self:
        """Begin."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End, with nothing left behind that says that more is on its way."""

    async def ready(self) -> None:
        """Wait until the surface can take the next interim text."""

    async def show(self, text: str) -> bool:
        """Show the whole text so far; False when not all of it is there now, which the next call repairs."""

    async def finish(self, text: str, *, outcome: Outcome = Outcome.ANSWERED, offer: Wish | None = None) -> None:
        """Deliver the whole final text, with a button below when something is on offer.

        Raises DeliveryError when the surface refuses for good.
        """

    async def settled(self) -> bool:
        """Wait until nothing of it is on its way any more; whether people can see something of it."""


class Surface(Protocol):
    """Where people are."""

    def reply(
        self,
        place: Place,
        *,
        lease: Lease | None = None,
        errand: Errand | None = None,
        standing: str = "",
        posted: Callable[[Sequence[str]], Awaitable[None]] | None = None,
        members: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> Reply:
        """Begin an answer in a thread; nothing is visible before the first show or finish.

        The ``lease`` names the turn, and the messages of an earlier try, to be edited first; an ``errand`` is named by
        itself. ``standing`` is the text with which an earlier run ended, if it is gone on with.
        ``posted`` hears the ids of all the reply's messages whenever they change, ``members`` tells who may be
        mentioned.
        """

    async def whisper(self, place: Place, user: str, text: str) -> None:
        """Tell one person something in a thread, which nobody else sees. Raises DeliveryError."""

    async def tell(self, user: str, text: str) -> None:
        """Tell one person something outside of any thread. Raises DeliveryError."""

    def describe(self, place: Place) -> str:
        """What a place is called in a text on this surface."""

    async def people(self, ids: Collection[str]) -> Mapping[str, Person]:
        """Who these user ids are; somebody unknown has the id as name."""
