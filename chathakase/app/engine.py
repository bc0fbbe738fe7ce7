"""Opens the engine between what comes in and what goes out."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import monotonic

from chathakase.app.models import Mind, is_version_of, open_mind
from chathakase.config import Settings
from chathakase.core.ports import LanguageModel
from chathakase.core.prompt import Persona
from chathakase.core.types import Expiry
from chathakase.engine.above import Above
from chathakase.engine.admission import Admission, Load
from chathakase.engine.asking import Asking
from chathakase.engine.attention import Attention
from chathakase.engine.background import Background, Chore
from chathakase.engine.changes import Changes
from chathakase.engine.commands import Commands, Means, Terms, find
from chathakase.engine.errands import Errands
from chathakase.engine.hints import Hints
from chathakase.engine.housekeeping import DAY, Housekeeping
from chathakase.engine.outage import Outage
from chathakase.engine.places import Places, Rank
from chathakase.engine.presses import Presses
from chathakase.engine.reading import FileReader
from chathakase.engine.recall import Recall
from chathakase.engine.rights import Rights
from chathakase.engine.running import Running
from chathakase.engine.sessions import SessionManager
from chathakase.engine.strays import Strays
from chathakase.engine.summaries import Measure, Summaries
from chathakase.engine.targets import Targets
from chathakase.engine.titles import Titles
from chathakase.engine.turn import TurnRunner
from chathakase.engine.writing import Writer
from chathakase.files.extra import HOW, missing
from chathakase.files.reading import Desk
from chathakase.slack.inward.downloads import SlackDownloads
from chathakase.slack.inward.past import SlackPast
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.client import SlackWeb
from chathakase.storage.database import Database
from chathakase.storage.opening import Stores, open_stores

MEGABYTE = 1_000_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Engine:
    """What the rest of the house speaks to."""

    manager: SessionManager
    changes: Changes
    housekeeping: Housekeeping
    outage: Outage
    stores: Stores


async def open_engine(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    surface: SlackSurface,
    past: SlackPast,
    web: SlackWeb,
    examine: Callable[[], Awaitable[str]],
    *,
    now: Callable[[], int],
) -> Engine:
    """Open the model and everything that thinks. Raises StartError and StoreError."""
    mind = await open_mind(stack, settings)
    terms = _terms(settings, web, mind)
    stores = open_stores(database, expiry=terms.expiry, now=now, count=mind.counter.count)
    await _learn(mind, stores, terms.model)
    persona = Persona(settings.chathakase_system_prompt, settings.chathakase_max_messages)
    above = Above(
        past=past, store=stores.memory, is_command=lambda said: find(said, name=terms.agent) is not None, now=now
    )
    recall = _recall(settings, mind, stores, surface, above, web, persona)
    places, running, admission = (
        Places(settings.chathakase_concurrency),
        Running(),
        Admission(_load(settings), monotonic),
    )
    hints = Hints(stores.hints)
    outage = await stack.enter_async_context(Outage(surface))
    runner = TurnRunner(
        sessions=stores.sessions,
        turns=stores.turns,
        recall=recall,
        asking=Asking(recall=recall, model=mind.model, calibration=mind.calibration),
        surface=surface,
        running=running,
        hints=hints,
        outage=outage,
    )
    rights = Rights(surface, settings.chathakase_admins)
    presses = Presses(turns=stores.turns, runner=runner, running=running, rights=rights)
    summaries = _summaries(mind, stores, surface, persona, Writer(_writing(mind), places, Rank.COMMAND))
    commands = Commands(
        Means(
            stores=stores,
            terms=terms,
            surface=surface,
            presses=presses,
            rights=rights,
            recall=recall,
            summaries=summaries,
            examine=examine,
            now=now,
        )
    )
    background = await stack.enter_async_context(Background(_chores(mind, stores, surface, persona, places)))
    attention = Attention(
        sessions=stores.sessions, surface=surface, name=terms.agent, answers=settings.chathakase_follow_ups
    )
    manager = SessionManager(
        sessions=stores.sessions,
        turns=stores.turns,
        promises=stores.errands,
        runner=runner,
        commands=commands,
        errands=Errands(store=stores.errands, commands=commands, presses=presses, surface=surface),
        running=running,
        admission=admission,
        attention=attention,
        hints=hints,
        strays=Strays(monotonic),
        targets=Targets(stores.sessions),
        background=background,
        outage=outage,
        places=places,
        grace=settings.chathakase_grace,
        now=now,
    )
    stack.push_async_callback(manager.close)
    await manager.wake_waiting()
    changes = Changes(
        store=stores.changes,
        running=running,
        admission=admission,
        find=commands.find,
        heed=attention.heed,
        wake=manager.wake,
        submit=manager.submit,
        promise=manager.promise,
        young=settings.chathakase_catch_up * 1000,
        now=now,
    )
    housekeeping = Housekeeping(stores.forgetting, stores.merging, retention_days=settings.chathakase_retention_days)
    return Engine(manager, changes, housekeeping, outage, stores)


def _terms(settings: Settings, web: SlackWeb, mind: Mind) -> Terms:
    return Terms(
        agent=web.identity.name,
        model=settings.chathakase_model,
        expiry=Expiry(settings.chathakase_session_timeout * 1000, settings.chathakase_expiry),
        retention=settings.chathakase_retention_days * DAY,
        follow_ups=settings.chathakase_follow_ups,
        prices=mind.catalogue.facts,
    )


async def _learn(mind: Mind, stores: Stores, name: str) -> None:
    """Learn again what earlier turns showed about how the model counts. Raises StoreError."""
    for model, estimate, reported in await stores.turns.calibration():
        if is_version_of(name, model):
            mind.calibration.learn(name, estimate, reported)


def _recall(
    settings: Settings,
    mind: Mind,
    stores: Stores,
    surface: SlackSurface,
    above: Above,
    web: SlackWeb,
    persona: Persona,
) -> Recall:
    most = settings.chathakase_max_file_mb * MEGABYTE
    if most and (lacking := missing()):
        log.warning("Some kinds of files cannot be read (%s is not installed): run %s", ", ".join(lacking), HOW)
    return Recall(
        store=stores.memory,
        files=stores.files,
        above=above,
        reader=FileReader(stores.files, SlackDownloads(web), Desk().read, most, traits=surface.traits),
        surface=surface,
        persona=persona,
        lens=mind.lens,
    )


def _writing(mind: Mind) -> LanguageModel:
    """The model that writes titles and summaries."""
    return mind.background or mind.model


def _summaries(mind: Mind, stores: Stores, surface: SlackSurface, persona: Persona, writer: Writer) -> Summaries:
    def measure() -> Measure:
        room = mind.lens.window().room
        return Measure(persona.max_messages, room, min(room, mind.writer.window().room))

    return Summaries(
        memory=stores.memory,
        store=stores.summaries,
        writer=writer,
        surface=surface,
        calibration=mind.calibration,
        measure=measure,
    )


def _chores(mind: Mind, stores: Stores, surface: SlackSurface, persona: Persona, places: Places) -> list[Chore]:
    if mind.background is None:
        return []
    writer = Writer(mind.background, places, Rank.BACKGROUND)
    titles = Titles(memory=stores.memory, store=stores.titles, writer=writer)
    return [titles.entitle, _summaries(mind, stores, surface, persona, writer).keep_up]


def _load(settings: Settings) -> Load:
    return Load(
        by_person=settings.chathakase_person_rate,
        by_channel=settings.chathakase_channel_rate,
        waiting=settings.chathakase_max_waiting,
    )
