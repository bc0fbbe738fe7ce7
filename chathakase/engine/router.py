"""All surfaces as one: which of them answers is decided by the place."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from chathakase.core.access_rule import Standing
from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.core.jobs import Job
from chathakase.core.ports import Downloads, History, Reply, Surface
from chathakase.core.traits import Traits
from chathakase.core.types import Choice, Incoming, Lease, Person, Place, ThreadSnapshot, Where, WorkspaceKey

ABSENT = "no_such_surface"
"""The code with which it is refused to read or write in a workspace that only the database knows, not this process."""
NOWHERE = Traits(name="that place", about="You take part in a thread, in which several people may write.", user="1")


@dataclass(frozen=True, slots=True)
class SurfaceAdapter:
    """One surface, as one workspace has it, from all the sides that the engine sees of it."""

    surface: Surface
    history: History
    downloads: Downloads


class Router:
    """A Surface, a History and a Downloads that hand on whatever they are asked to the adapter of the place."""

    def __init__(self, adapters: Mapping[WorkspaceKey, SurfaceAdapter]) -> None:
        """``adapters`` by the workspace that each is for."""
        self._adapters = adapters

    @property
    def workspaces(self) -> Collection[WorkspaceKey]:
        """The workspaces that are here."""
        return self._adapters.keys()

    def has(self, place: Place) -> bool:
        """Whether a place's workspace is here."""
        return place.workspace_key in self._adapters

    def _adapter(self, place: Place) -> SurfaceAdapter:
        """The adapter of a place. Raises DeliveryError."""
        if not self.has(place):
            raise DeliveryError(ABSENT)
        return self._adapters[place.workspace_key]

    def _surface(self, place: Place) -> Surface:
        return self._adapter(place).surface

    async def thread(self, place: Place) -> ThreadSnapshot:
        """What stands in a thread now. Raises DeliveryError."""
        return await self._adapter(place).history.thread(place)

    async def earlier(self, place: Place, *, before: int, limit: int, whose: str = "") -> list[Incoming]:
        """What anybody said in a thread before a time. Raises DeliveryError."""
        return await self._adapter(place).history.earlier(place, before=before, limit=limit, whose=whose)

    async def channel(self, place: Place, *, since: int) -> list[Incoming]:
        """What opens sessions and was said in a place's channel since a time. Raises DeliveryError."""
        return await self._adapter(place).history.channel(place, since=since)

    async def fetch(self, place: Place, file: SharedFile, *, most: int) -> bytes:
        """The whole content of a file that was shared in a place. Raises DeliveryError."""
        return await self._adapter(place).downloads.fetch(place, file, most=most)

    def traits(self, place: Place) -> Traits:
        """How a place's surface is spoken of."""
        return self._surface(place).traits(place) if self.has(place) else NOWHERE

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
        """Begin an answer in a thread."""
        begin = self._surface(place).reply
        return begin(place, lease=lease, job=job, standing=standing, posted=posted, members=members)

    async def post_ephemeral(self, place: Place, user: str, text: str, choices: Sequence[Choice] = ()) -> int:
        """Tell one person something in a thread or their overview, which nobody else sees. Raises DeliveryError."""
        return await self._surface(place).post_ephemeral(place, user, text, choices)

    async def tell(self, place: Place, user: str, text: str) -> None:
        """Tell one person something outside of any thread. Raises DeliveryError."""
        await self._surface(place).tell(place, user, text)

    async def ask(
        self, place: Place, user: str, text: str, choices: Sequence[Choice], *, about: Place | None = None
    ) -> None:
        """Ask one person something in a thread, with a button for each choice. Raises DeliveryError."""
        await self._surface(place).ask(place, user, text, choices, about=about)

    async def open_thread(
        self, where: Place, person: str, words: str, job: Job, *, admit: Callable[[Place], Awaitable[None]]
    ) -> Incoming:
        """Post somebody's words for them as the first message of a thread. Raises DeliveryError."""
        return await self._surface(where).open_thread(where, person, words, job, admit=admit)

    async def share(self, place: Place, job: Job, name: str, content: bytes, *, comment: str) -> None:
        """Share a file in a thread. Raises DeliveryError."""
        await self._surface(place).share(place, job, name, content, comment=comment)

    async def share_privately(
        self, place: Place, user: str, job: Job, name: str, content: bytes, *, comment: str, description: str = ""
    ) -> None:
        """Share a file with one person alone. Raises DeliveryError."""
        share = self._surface(place).share_privately
        await share(place, user, job, name, content, comment=comment, description=description)

    def refresh_overview(self, where: Place, person: str) -> None:
        """Show somebody anew what they see of all their threads."""
        if self.has(where):
            self._surface(where).refresh_overview(where, person)

    async def where(self, place: Place) -> Where:
        """What a place is called, for a model. Never raises."""
        return await self._surface(place).where(place) if self.has(place) else Where("")

    async def channels_with(self, place: Place, user: str) -> frozenset[str]:
        """The channels of a place's workspace in which a person and the bot are members. Raises DeliveryError."""
        return await self._surface(place).channels_with(place, user)

    def is_direct(self, place: Place) -> bool:
        """Whether a place is a direct message with one person."""
        return self.has(place) and self._surface(place).is_direct(place)

    def link(self, place: Place, ref: str) -> str:
        """The address of a message; empty where there is none."""
        return self._surface(place).link(place, ref) if self.has(place) else ""

    def describe(self, place: Place) -> str:
        """What a place is called in a text on its surface."""
        return self._surface(place).describe(place) if self.has(place) else place.name

    async def people(
        self, place: Place, ids: Collection[str], *, mentioned: Collection[str] = ()
    ) -> Mapping[str, Person]:
        """Who these user ids are. Never raises."""
        if not self.has(place):
            return {id_: Person(id_, id_) for id_ in (*ids, *mentioned)}
        return await self._surface(place).people(place, ids, mentioned=mentioned)

    async def is_admin(self, place: Place, user: str) -> bool:
        """Whether somebody administers a place's workspace. Never raises."""
        return self.has(place) and await self._surface(place).is_admin(place, user)

    def last_standing(self, place: Place, user: str) -> Standing | None:
        """How somebody belongs to a place's workspace, as its surface told last."""
        return self._surface(place).last_standing(place, user) if self.has(place) else None

    async def standing(self, place: Place, user: str, *, within: float) -> Standing | None:
        """The same, waited for. Never raises."""
        return await self._surface(place).standing(place, user, within=within) if self.has(place) else None

    def ask_again(self, place: Place, user: str) -> None:
        """Have a place's surface asked once more about somebody."""
        if self.has(place):
            self._surface(place).ask_again(place, user)
