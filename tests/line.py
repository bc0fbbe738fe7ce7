# ruff: noqa: ARG002 - what needs little of what it is told is told all the same
"""A second surface, as small as one can be: people on TCP connections, who send and read one JSON object a line.

Whoever connects says who they are. What they say stands in a channel and a thread; everybody reads everything that is
for everybody, each version of an answer as it grows, and what is for one person alone is read by nobody else.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from chathakase.core.access_rule import Standing
from chathakase.core.errors import DeliveryError
from chathakase.core.files import SharedFile
from chathakase.core.jobs import ButtonPhrase, Interaction, Job
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
    Where,
    WorkspaceKey,
)
from chathakase.engine.open_engine import Engine
from chathakase.engine.router import SurfaceAdapter

LINE = "line"
"""What this surface is called in places."""
WORKSPACE = "hut"
TRAITS = Traits(name="the line", about="You are spoken to on a telegraph line. Write plain words.", user="anna")
FILE = b"one,two\n1,2\n"
"""What every file holds that is shared on the line."""

Json = dict[str, Any]


def line_place(channel: str, thread: str) -> Place:
    return Place(LINE, WORKSPACE, channel, thread)


class LineSurface:
    """Everybody who is connected (an OpenSurface, a Surface, a History and a Downloads)."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        """Hears what people say and press."""
        self._people: dict[str, asyncio.StreamWriter] = {}
        self._channels: set[str] = set()
        self._count = 0

    @property
    def workspace_key(self) -> WorkspaceKey:
        return WorkspaceKey(LINE, WORKSPACE)

    @property
    def adapter(self) -> SurfaceAdapter:
        return SurfaceAdapter(self, self, self)

    @property
    def is_listening(self) -> bool:
        return self.engine is not None

    async def listen(self, engine: Engine) -> None:
        self.engine = engine

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """See to one person until they hang up."""
        user = json.loads(await reader.readline())["i am"]
        self._people[user] = writer
        try:
            while line := await reader.readline():
                await self._hear(user, json.loads(line))
                self._write(writer, {"heard": True})
        finally:
            del self._people[user]
            writer.close()

    async def _hear(self, user: str, told: Json) -> None:
        assert self.engine is not None
        self._count += 1
        self._channels.add(told["channel"])
        place, ref = line_place(told["channel"], told["thread"]), told.get("ref", f"m{self._count}")
        if "press" in told:
            await self.engine.requests.enqueue(
                Interaction(place, ref, user, TurnAction(told["press"]), told["turn"], told["run"])
            )
        elif "words" in told:
            await self.engine.reception.say(ButtonPhrase(place, ref, user, told["words"]))
        else:
            files = (SharedFile("f1", told["file"], "text/csv", 0, "line:f1"),) if "file" in told else ()
            said = 1_000_000 * self._count
            opens = told.get("opens", True)
            await self.engine.submit(Incoming(place, ref, user, told["text"], said, opens, asks=True, files=files))

    def tell_all(self, place: Place, **told: object) -> None:
        for writer in self._people.values():
            self._write(writer, {"channel": place.channel, "thread": place.thread, **told})

    def _tell_one(self, user: str, **told: object) -> None:
        if user not in self._people:
            raise DeliveryError("hung_up")
        self._write(self._people[user], {"private": True, **told})

    @staticmethod
    def _write(writer: asyncio.StreamWriter, told: Mapping[str, object]) -> None:
        writer.write(json.dumps(told).encode() + b"\n")

    def traits(self, _: Place) -> Traits:
        return TRAITS

    def reply(
        self,
        place: Place,
        *,
        lease: Lease | None = None,
        job: Job | None = None,
        standing: str = "",
        posted: Callable[[Sequence[str]], Awaitable[None]] | None = None,
        members: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> "LineReply":
        turn = {"turn": lease.turn, "run": lease.run} if lease else {}
        return LineReply(self, place, turn)

    async def post_ephemeral(self, place: Place, user: str, text: str, choices: Sequence[Choice] = ()) -> int:
        below = {"choices": {each.label: each.words for each in choices}} if choices else {}
        self._tell_one(user, text=text, **below)
        return 0

    async def tell(self, place: Place, user: str, text: str) -> None:
        self._tell_one(user, text=text)

    async def ask(
        self, place: Place, user: str, text: str, choices: Sequence[Choice], *, about: Place | None = None
    ) -> None:
        self._tell_one(user, text=text, choices={choice.label: choice.words for choice in choices})

    async def open_thread(
        self, where: Place, person: str, words: str, job: Job, *, admit: Callable[[Place], Awaitable[None]]
    ) -> Incoming:
        place = line_place(where.channel or person, job.id)
        await admit(place)
        self._count += 1
        self._channels.add(place.channel)
        self.tell_all(place, text=f"{person} asks: {words}")
        return Incoming(place, job.id, person, words, 1_000_000 * self._count, opens=True, asks=True)

    async def share(self, place: Place, job: Job, name: str, content: bytes, *, comment: str) -> None:
        self.tell_all(place, text=comment, file=name, content=content.decode())

    async def share_privately(
        self, place: Place, user: str, job: Job, name: str, content: bytes, *, comment: str, description: str = ""
    ) -> None:
        # Nothing but words goes over the line.
        self._tell_one(user, text=comment, file=name, content=description or content.decode())

    def refresh_overview(self, where: Place, person: str) -> None:
        if person in self._people:
            self._tell_one(person, refreshed=True)

    async def where(self, place: Place) -> Where:
        return Where(f"{place.channel} on the line")

    async def channels_with(self, place: Place, user: str) -> frozenset[str]:
        return frozenset(self._channels)

    def is_direct(self, place: Place) -> bool:
        return False

    def link(self, place: Place, ref: str) -> str:
        return f"line:{place.name}/{ref}"

    def describe(self, place: Place) -> str:
        return f"the line's {place.channel}"

    async def people(
        self, place: Place, ids: Collection[str], *, mentioned: Collection[str] = ()
    ) -> Mapping[str, Person]:
        return {id_: Person(id_, f"{id_} of the line") for id_ in ids}

    async def is_admin(self, place: Place, user: str) -> bool:
        return False

    def last_standing(self, place: Place, user: str) -> Standing | None:
        return None

    async def standing(self, place: Place, user: str, *, within: float) -> Standing | None:
        return None

    def ask_again(self, place: Place, user: str) -> None:
        pass

    async def thread(self, place: Place) -> ThreadSnapshot:
        return ThreadSnapshot((), {}, frozenset(), upto=0)

    async def earlier(self, place: Place, *, before: int, limit: int, whose: str = "") -> list[Incoming]:
        return []

    async def channel(self, place: Place, *, since: int) -> list[Incoming]:
        return []

    async def fetch(self, place: Place, file: SharedFile, *, most: int) -> bytes:
        return FILE


@dataclass
class LineReply:
    """An answer, each version of which everybody is told (a Reply)."""

    line: LineSurface
    place: Place
    turn: Json

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        return None

    async def ready(self) -> None:
        return None

    async def show(self, text: str) -> bool:
        self.line.tell_all(self.place, text=text, growing=True, **self.turn)
        return True

    async def finish(
        self,
        text: str,
        *,
        outcome: Outcome = Outcome.ANSWERED,
        offer: TurnAction | None = None,
        footnotes: Sequence[str] = (),
    ) -> None:
        self.line.tell_all(self.place, text=text, offer=offer, footnotes=list(footnotes), **self.turn)

    @property
    def posted_at(self) -> int:
        return 0

    async def settled(self) -> bool:
        return True


@dataclass
class LineCaller:
    """Somebody at their end of the line."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    read: list[Json] = field(default_factory=list)
    """All that they read so far."""

    async def send(self, channel: str, thread: str, **told: object) -> None:
        """Say or press something, and wait until it is stored."""
        self._write({"channel": channel, "thread": thread, **told})
        await self.until(lambda each: "heard" in each)

    async def until(self, condition: Callable[[Json], bool]) -> Json:
        """Read on until something is as it should be."""
        async with asyncio.timeout(20):
            while True:
                told: Json = json.loads(await self.reader.readline())
                self.read.append(told)
                if condition(told):
                    return told

    def texts(self) -> Iterator[str]:
        return (f"{each.get('text', '')}{each.get('content', '')}" for each in self.read)

    def _write(self, told: Mapping[str, object]) -> None:
        self.writer.write(json.dumps(told).encode() + b"\n")

    @classmethod
    @asynccontextmanager
    async def on(cls, port: int, user: str) -> AsyncIterator[Self]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        caller = cls(reader, writer)
        caller._write({"i am": user})
        try:
            yield caller
        finally:
            writer.close()


@asynccontextmanager
async def open_line(line: LineSurface) -> AsyncIterator[int]:
    """Let people connect until the block ends; gives the port."""
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
