"""A surface in memory: what people see of each answer and when, what stands above, and what they share."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from chathakase.clock import monotonic
from chathakase.core.access_rule import Standing
from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.core.jobs import Job
from chathakase.core.ports import Downloads, History, Reply, Surface
from chathakase.core.traits import Traits
from chathakase.core.types import (
    Choice,
    Incoming,
    Lease,
    Outcome,
    Person,
    Place,
    ThreadSnapshot,
    TurnAction,
    UserKey,
    Where,
)

TRAITS = Traits(name="the town", about="You take part in threads of a town.", user="U1")


@dataclass(frozen=True)
class Final:
    """An answer as it ended."""

    at: float
    text: str
    outcome: Outcome
    offer: TurnAction | None
    footnotes: tuple[str, ...]


Posted = Callable[[Sequence[str]], Awaitable[None]]
Members = Callable[[], Awaitable[frozenset[str]]]


class ReplyInMemory(Reply):
    """One growing answer."""

    def __init__(self, surface: "SurfaceInMemory", place: Place, lease: Lease | None, posted: Posted | None) -> None:
        self.place = place
        self.lease = lease
        self.shown: list[tuple[float, str]] = []
        """What people have seen of it, and when."""
        self.final: Final | None = None
        self.is_under_way = False
        """Whether people see that more is on its way."""
        self.members: Members | None = None
        """Tells who may be mentioned in it."""
        self._surface = surface
        self._posted = posted
        self._refs = lease.refs if lease else ()
        self._next = 0.0

    async def __aenter__(self) -> Self:
        self.is_under_way = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.is_under_way = False

    async def ready(self) -> None:
        await asyncio.sleep(max(self._next - monotonic(), 0))

    async def show(self, text: str) -> bool:
        assert self.final is None, "nothing grows after its end"
        await self._take()
        self.shown.append((monotonic(), text))
        self._next = monotonic() + self._surface.interval
        return True

    async def finish(
        self,
        text: str,
        *,
        outcome: Outcome = Outcome.ANSWERED,
        offer: TurnAction | None = None,
        footnotes: Sequence[str] = (),
    ) -> None:
        if self._surface.refusal is not None:
            raise self._surface.refusal
        await self._take()
        self.final = Final(monotonic(), text, outcome, offer, tuple(footnotes))

    async def _take(self) -> None:
        """Post its message, unless that is there already."""
        await asyncio.sleep(self._surface.delay)
        if not self._refs:
            self._refs = (self._surface.next_ref(),)
            if self._posted is not None:
                await self._posted(self._refs)

    @property
    def posted_at(self) -> int:
        return 0

    async def settled(self) -> bool:
        return bool(self._refs)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.shown]


class SurfaceInMemory(Surface, History, Downloads):
    """Where people are, in one workspace. Channels whose ids begin with D are direct messages."""

    def __init__(self) -> None:
        self.replies: list[ReplyInMemory] = []
        self.ephemerals: list[tuple[str, str]] = []
        """To whom what was said that nobody else sees."""
        self.told: list[tuple[str, str]] = []
        """To whom what was said outside of any thread."""
        self.asked: list[tuple[str, str]] = []
        self.channels = frozenset({"C1", "D1"})
        """Where everybody is."""
        self.refreshed: list[tuple[float, UserKey]] = []
        """Who was shown their threads anew, and when."""
        self.interval = 0.0
        """Seconds between two texts of a growing answer."""
        self.delay = 0.0
        """Seconds for which each of its texts is on its way."""
        self.refusal: DeliveryError | None = None
        """Why no answer can be delivered."""
        self.names: dict[str, str] = {}
        self.standings: dict[str, Standing] = {}
        """Of those who are not members."""
        self.tells_standings = True
        """Whether it says just now how people belong to the workspace."""
        self.told_standings: dict[str, Standing] = {}
        """What it has told of that."""
        self.standings_asked: list[str] = []
        """About whom it was asked that, each time."""
        self.lookup = 0.0
        """Seconds that it takes to find out what people are called."""
        self.earlier_messages: Callable[[], Awaitable[list[Incoming]]] = _nothing
        """What stands above, or why it cannot be read."""
        self.backfills: list[tuple[float, int, str]] = []
        """When somebody read there, before what, and for whom."""
        self.contents: dict[str, bytes | DeliveryError | float] = {}
        """What files hold by their id, why they cannot be had, or for how many seconds they are on their way."""
        self.fetched: list[str] = []
        self._refs = 0

    def next_ref(self) -> str:
        self._refs += 1
        return f"r{self._refs}"

    @property
    def finals(self) -> list[str]:
        """The answers that people read, in the order in which they were begun."""
        return [reply.final.text for reply in self.replies if reply.final is not None]

    def traits(self, place: Place) -> Traits:
        return TRAITS

    def reply(
        self,
        place: Place,
        *,
        lease: Lease | None = None,
        job: Job | None = None,
        standing: str = "",
        posted: Posted | None = None,
        members: Members | None = None,
    ) -> ReplyInMemory:
        reply = ReplyInMemory(self, place, lease, posted)
        reply.members = members
        self.replies.append(reply)
        return reply

    async def post_ephemeral(self, place: Place, user: str, text: str, choices: Sequence[Choice] = ()) -> int:
        self.ephemerals.append((user, text))
        return 0

    async def tell(self, place: Place, user: str, text: str) -> None:
        self.told.append((user, text))

    async def ask(
        self, place: Place, user: str, text: str, choices: Sequence[Choice], *, about: Place | None = None
    ) -> None:
        self.asked.append((user, text))

    async def open_thread(
        self, where: Place, person: str, words: str, job: Job, *, admit: Callable[[Place], Awaitable[None]]
    ) -> Incoming:
        raise NotImplementedError

    async def share(self, place: Place, job: Job, name: str, content: bytes, *, comment: str) -> None:
        raise NotImplementedError

    async def share_privately(
        self, place: Place, user: str, job: Job, name: str, content: bytes, *, comment: str, description: str = ""
    ) -> None:
        raise NotImplementedError

    def refresh_overview(self, where: Place, person: str) -> None:
        self.refreshed.append((monotonic(), where.user_key(person)))

    async def where(self, place: Place) -> Where:
        return Where("" if self.is_direct(place) else "general", direct=self.is_direct(place))

    async def channels_with(self, place: Place, user: str) -> frozenset[str]:
        return self.channels

    def is_direct(self, place: Place) -> bool:
        return place.channel.startswith("D")

    def link(self, place: Place, ref: str) -> str:
        return f"https://town.example/{place.channel}/{ref}"

    def describe(self, place: Place) -> str:
        return f"#{place.channel}"

    async def people(
        self, place: Place, ids: Collection[str], *, mentioned: Collection[str] = ()
    ) -> Mapping[str, Person]:
        await asyncio.sleep(self.lookup)
        return {id_: Person(id_, self.names.get(id_, id_)) for id_ in (*ids, *mentioned)}

    async def is_admin(self, place: Place, user: str) -> bool:
        return user == "UADMIN"

    def last_standing(self, place: Place, user: str) -> Standing | None:
        return self.told_standings.get(user)

    async def standing(self, place: Place, user: str, *, within: float) -> Standing | None:
        self.standings_asked.append(user)
        await asyncio.sleep(min(self.lookup, within))
        if self.tells_standings and self.lookup <= within:
            self.told_standings[user] = self.standings.get(user, Standing())
        return self.told_standings.get(user)

    def ask_again(self, place: Place, user: str) -> None:
        pass

    async def thread(self, place: Place) -> ThreadSnapshot:
        raise NotImplementedError

    async def earlier(self, place: Place, *, before: int, limit: int, whose: str = "") -> list[Incoming]:
        self.backfills.append((monotonic(), before, whose))
        return [each for each in await self.earlier_messages() if each.said < before][-limit:]

    async def channel(self, place: Place, *, since: int) -> list[Incoming]:
        raise NotImplementedError

    async def fetch(self, place: Place, file: SharedFile, *, most: int) -> bytes:
        self.fetched.append(file.id)
        content = self.contents.get(file.id, DeliveryError("gone"))
        if isinstance(content, DeliveryError):
            raise content
        if isinstance(content, float):
            await asyncio.sleep(content)
            return b"late"
        if len(content) > most:
            raise DeliveryError("too_large")
        return content


async def _nothing() -> list[Incoming]:
    return []
