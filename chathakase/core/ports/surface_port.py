"""What the engine needs of a place where people are."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from chathakase.core.access_rule import Standing
from chathakase.core.files import SharedFile
from chathakase.core.jobs import Job
from chathakase.core.traits import Traits
from chathakase.core.types import Choice, Incoming, Lease, Outcome, Person, Place, ThreadSnapshot, TurnAction, Where


class History(Protocol):
    """Tells what was said on a surface while nobody listened. They raise DeliveryError."""

    async def thread(self, place: Place) -> ThreadSnapshot:
        """What stands in a thread now."""

    async def earlier(self, place: Place, *, before: int, limit: int, whose: str = "") -> list[Incoming]:
        """What anybody said in a thread before a time in epoch microseconds, the newest ``limit`` and the very first.

        Oldest first. Other bots have a ``name``; what we said ourselves is ``ours``. It is read for somebody.
        """

    async def channel(self, place: Place, *, since: int) -> list[Incoming]:
        """What opens sessions and was said in a place's channel since a time in epoch microseconds, oldest first."""


class Downloads(Protocol):
    """Fetches what people share."""

    async def fetch(self, place: Place, file: SharedFile, *, most: int) -> bytes:
        """The whole content of a file that was shared in a place.

        Raises DeliveryError: ``too_large`` beyond ``most`` bytes, ``not_allowed`` when the bot may not have it,
        ``gone`` when it no longer exists, ``elsewhere`` when the surface itself does not hold it, ``not_a_file`` when
        it only shows it; others may pass.
        """


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
        """Show the whole text so far; False when not all of it is there now, which the next call repairs.

        An empty text takes back what was shown.
        """

    async def finish(
        self,
        text: str,
        *,
        outcome: Outcome = Outcome.ANSWERED,
        offer: TurnAction | None = None,
        footnotes: Sequence[str] = (),
    ) -> None:
        """Deliver the whole final text, with a button below when something is on offer.

        Below the text stand the ``footnotes``, each one line of plain text in small.

        Raises DeliveryError when the surface refuses for good.
        """

    @property
    def posted_at(self) -> int:
        """When its newest message was posted, in epoch microseconds of the surface's own clock; 0: not known."""

    async def settled(self) -> bool:
        """Wait until nothing of it is on its way any more; whether people can see something of it."""


class Surface(Protocol):
    """Where people are.

    User ids and channels are those of a place's workspace: who has the same one elsewhere is somebody else.
    """

    def traits(self, place: Place) -> Traits:
        """How a place's surface is spoken of."""

    def reply(
        self,
        place: Place,
        *,
        lease: Lease | None = None,
        job: Job | None = None,
        standing: str = "",
        posted: Callable[[Sequence[str]], Awaitable[None]] | None = None,
        members: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> Reply:
        """Begin an answer in a thread; nothing is visible before the first show or finish.

        The ``lease`` names the turn, and the messages of an earlier try, to be edited first; a ``job`` is named by
        itself. ``standing`` is the text with which an earlier run ended, if it is gone on with.
        ``posted`` hears the ids of all the reply's messages whenever they change, ``members`` tells who may be
        mentioned.
        """

    async def post_ephemeral(self, place: Place, user: str, text: str, choices: Sequence[Choice] = ()) -> int:
        """Tell one person something in a thread, or in their overview, which nobody else sees. Raises DeliveryError.

        Below it stands a button for each choice, which says its words there; in an overview there are none. Returns
        when that was, in epoch microseconds of the surface's own clock; 0 when it is not known.
        """

    async def tell(self, place: Place, user: str, text: str) -> None:
        """Tell one person something outside of any thread, but where that place is. Raises DeliveryError."""

    async def ask(
        self, place: Place, user: str, text: str, choices: Sequence[Choice], *, about: Place | None = None
    ) -> None:
        """Ask one person something in a thread, with a button for each choice, which nobody else sees.

        To press one is to say its words there, or, ``about`` another thread, of that one. Raises DeliveryError.
        """

    async def open_thread(
        self, where: Place, person: str, words: str, job: Job, *, admit: Callable[[Place], Awaitable[None]]
    ) -> Incoming:
        """Post somebody's words for them as the first message of a thread, once however often the job is tried.

        ``where`` is a channel, or an overview, which stands for their direct message. ``admit`` is awaited with the
        channel before they are posted, and may raise what keeps them from it. Returns the message as what they say.
        Raises DeliveryError: ``not_there`` where the bot is not in that channel, ``archived``, ``not_allowed`` where it
        may not post; others may pass.
        """

    async def share(self, place: Place, job: Job, name: str, content: bytes, *, comment: str) -> None:
        """Share a file in a thread, once however often the job is tried. Raises DeliveryError."""

    async def share_privately(
        self, place: Place, user: str, job: Job, name: str, content: bytes, *, comment: str, description: str = ""
    ) -> None:
        """Share a file with one person alone, where that place is, once however often the job is tried.

        A picture has a ``description`` of what it shows, for those who cannot see it. Raises DeliveryError.
        """

    def refresh_overview(self, where: Place, person: str) -> None:
        """Show somebody anew what they see of all their threads, since something of it has changed.

        ``where`` is a place in their workspace. Nothing is waited for, and nothing happens where they see none.
        """

    async def where(self, place: Place) -> Where:
        """What a place is called, for a model; what cannot be found out is empty. Never raises."""

    async def channels_with(self, place: Place, user: str) -> frozenset[str]:
        """The channels of a place's workspace in which a person and the bot are members, and their direct message.

        Private ones are among them. Raises DeliveryError.
        """

    def is_direct(self, place: Place) -> bool:
        """Whether a place is a direct message with one person."""

    def link(self, place: Place, ref: str) -> str:
        """The address of a message."""

    def describe(self, place: Place) -> str:
        """What a place is called in a text on this surface."""

    async def people(
        self, place: Place, ids: Collection[str], *, mentioned: Collection[str] = ()
    ) -> Mapping[str, Person]:
        """Who these user ids are; somebody unknown has the id as name. Never raises.

        Those who are merely ``mentioned`` by what people write are found last, as far as there is room: anybody can
        mention thousands.
        """

    async def is_admin(self, place: Place, user: str) -> bool:
        """Whether somebody administers a place's workspace, as its surface told within the last minute.

        False where it cannot be asked. Never raises.
        """

    def last_standing(self, place: Place, user: str) -> Standing | None:
        """How somebody belongs to a place's workspace, as its surface told last; None: it never did.

        Nothing is waited for, though the surface may be asked anew for the next time.
        """

    async def standing(self, place: Place, user: str, *, within: float) -> Standing | None:
        """The same, but for so many seconds the surface is waited for where it has never told. Never raises."""

    def ask_again(self, place: Place, user: str) -> None:
        """Have the surface asked once more about somebody of whom it could not tell a moment ago."""
