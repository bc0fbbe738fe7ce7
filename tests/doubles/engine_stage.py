"""The engine between doubles of everything outside, in virtual time: people, a model, a memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from chathakase.clock import monotonic
from chathakase.core.charts import BarChart
from chathakase.core.files import Image, Reading
from chathakase.core.jobs import Interaction
from chathakase.core.memory import Change
from chathakase.core.prompt import Persona
from chathakase.core.types import Expiry, ExpiryMode, FollowUps, Incoming, Place, SessionId, TurnAction, WorkspaceKey
from chathakase.core.window import ModelFacts
from chathakase.engine.access.admission import LoadLimits
from chathakase.engine.commands import Terms
from chathakase.engine.model.models import ModelPorts
from chathakase.engine.open_engine import Engine, open_engine
from chathakase.engine.router import SurfaceAdapter
from chathakase.engine.setup import Ports, Setup
from chathakase.engine.turns.active_turns import ActiveTurn
from tests.doubles.scripted_model import ScriptedModel, Step
from tests.doubles.stores import StoresInMemory
from tests.doubles.surface import ReplyInMemory, SurfaceInMemory

BEGAN = 1_700_000_000_000
"""When a test begins, in epoch milliseconds."""
HOME = WorkspaceKey("town", "T1")
PLACE = Place(*HOME, "C1", "1")
GRACE = 10.0


class LetterCounter:
    """Counts a token for each letter."""

    name = "letters"

    def count(self, text: str) -> int:
        return len(text)


def now() -> int:
    """The time in epoch milliseconds."""
    return BEGAN + round(monotonic() * 1000)


async def read(name: str, kind: str, content: bytes) -> Reading:
    """Take a file apart: a picture is one, and all else is text."""
    return Reading(image=Image(kind, content)) if kind.startswith("image/") else Reading(content.decode())


class NoPainter:
    """Draws nothing (a ChartPainter)."""

    async def draw(self, chart: BarChart) -> bytes:
        return b""


async def diagnose() -> str:
    raise NotImplementedError


SETUP = Setup(
    terms=Terms(
        agent="Hakase",
        model="model",
        expiry=Expiry(86_400_000, ExpiryMode.ARCHIVE),
        retention=0,
        follow_ups=FollowUps.THREAD,
        prices=lambda _: ModelFacts(10_000),
    ),
    persona=Persona("Be kind.", max_messages=50),
    load=LoadLimits(),
    concurrency=4,
    admins={},
    access={},
    young=3_600_000,
    most_bytes=1_000,
    grace=GRACE,
)


@dataclass
class EngineStage:
    """An engine that is open, and all that it sees."""

    engine: Engine
    stores: StoresInMemory
    surface: SurfaceInMemory
    model: ScriptedModel

    async def say(self, ref: str, text: str = "", *, place: Place = PLACE, **fields: object) -> bool:
        """Have somebody say something just now, so that an answer to it is begun."""
        return await self.engine.reception.submit(said(ref, text, place=place, **fields))

    async def press(self, action: TurnAction, *, by: str = "U1") -> None:
        """Have somebody press a button below the newest answer."""
        lease = self.reply.lease
        assert lease is not None
        interaction = Interaction(lease.place, f"press {monotonic()}", by, action, lease.turn, lease.run)
        await self.engine.requests.enqueue(interaction)

    async def edit(self, ref: str, text: str | None, *, calls: bool = False) -> None:
        """Have somebody change what they said, so that it ``calls`` us only now, or delete it."""
        now_said = None if text is None else said(ref, text)
        await self.engine.edits.take_in(Change(PLACE, ref, now() * 1000, now_said, calls=calls))

    async def quiet(self) -> None:
        """Wait until nothing is answered any more, and no job is done."""
        manager = self.engine.manager
        while tasks := [*manager.scheduler.tasks, *manager.jobs.tasks]:
            await asyncio.wait(tasks)

    async def answered(self, ref: str, text: str = "", **fields: object) -> ReplyInMemory:
        """Have somebody say something and wait for its answer."""
        await self.say(ref, text, **fields)  # type: ignore[arg-type]
        await self.quiet()
        return self.reply

    @property
    def reply(self) -> ReplyInMemory:
        """The newest answer."""
        return self.surface.replies[-1]

    @property
    def session(self) -> SessionId:
        session = self.stores.records.at(PLACE)
        assert session is not None
        return session.id

    @property
    def active_turn(self) -> ActiveTurn:
        """How to speak to the turn that is under way."""
        active_turn = self.engine.manager.scheduler._active_turns.find(self.session)
        assert active_turn is not None
        return active_turn

    def remembered(self, place: Place = PLACE) -> list[str]:
        """What is stored of a conversation, in its order."""
        session = self.stores.records.at(place)
        return [each.text for each in session.spoken()] if session else []

    def lose_the_lease(self) -> None:
        """Have another process take the turn that is under way, as if this one had stood still."""
        session = self.stores.records.session(self.session)
        assert session is not None
        assert session.claim is not None
        session.claim.owner = "another process"


def said(ref: str, text: str = "", *, place: Place = PLACE, **fields: object) -> Incoming:
    """What somebody says just now; of what is said in the same moment, the higher number comes later."""
    at = now() * 1000 + int(float(ref))
    incoming = Incoming(place, ref, "U1", text or f"q{ref}", said=at, opens=True, asks=True)
    return replace(incoming, **fields)  # type: ignore[arg-type]


@asynccontextmanager
async def open_stage(
    *answers: Sequence[Step],
    stores: StoresInMemory | None = None,
    background: ScriptedModel | None = None,
    window: int = 10_000,
    sees: bool = False,
    **setup: object,
) -> AsyncIterator[EngineStage]:
    """Open an engine, which is closed on leaving as at shutdown.

    ``stores`` may hold already what an earlier one left; ``background`` writes titles and summaries, if any are wanted.
    """
    stores = stores or StoresInMemory(now)
    surface, model = SurfaceInMemory(), ScriptedModel(*answers)
    ports = Ports(
        stores=stores,
        adapters={HOME: SurfaceAdapter(surface, surface, surface)},
        models=ModelPorts(
            model=model,
            background=background,
            facts=lambda _: ModelFacts(window, vision=sees),
            counter=LetterCounter(),
            is_exact=True,
            reserve=1_000,
        ),
        read=read,
        charts=NoPainter(),
        diagnose=diagnose,
        now=now,
    )
    async with AsyncExitStack() as stack:
        engine = await open_engine(stack, ports, replace(SETUP, **setup))  # type: ignore[arg-type]
        yield EngineStage(engine, stores, surface, model)
