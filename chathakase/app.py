"""Builds the house: everything that is open is open inside one ``async with``, and closes in the reverse order."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from chathakase.config import Settings
from chathakase.core.errors import StartError, StoreError
from chathakase.core.prompt import Persona
from chathakase.core.types import Expiry, Streaming
from chathakase.engine.admission import Admission, Load
from chathakase.engine.catch_up import CatchUp
from chathakase.engine.commands import Commands
from chathakase.engine.errands import Errands
from chathakase.engine.presses import Presses
from chathakase.engine.rights import Rights
from chathakase.engine.running import Running
from chathakase.engine.sessions import SessionManager
from chathakase.engine.strays import Strays
from chathakase.engine.turn import TurnRunner
from chathakase.health import open_health
from chathakase.lookout import Lookout
from chathakase.models.openai import open_model
from chathakase.slack.connection.socket import open_socket
from chathakase.slack.connection.web import SlackWeb, open_web
from chathakase.slack.delivery.attachment import Attachments
from chathakase.slack.delivery.calls import Calls
from chathakase.slack.delivery.limits import read_limits
from chathakase.slack.delivery.outbox import Outbox
from chathakase.slack.delivery.pace import Pace
from chathakase.slack.delivery.reply import Delivery
from chathakase.slack.delivery.status import Statuses
from chathakase.slack.inward.intake import Intake, build_app
from chathakase.slack.inward.past import SlackPast
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.surface import SlackSurface
from chathakase.storage.database import Database
from chathakase.storage.errands import Errands as ErrandStore
from chathakase.storage.listening import Listening
from chathakase.storage.migrate import migrate, refuse_newer
from chathakase.storage.sessions import Sessions
from chathakase.storage.sqlite import open_sqlite, schema_version
from chathakase.storage.turns import Turns

log = logging.getLogger(__name__)

START_WITHIN = 11.0
"""Seconds until Slack must be connected."""
LOOK_FOR_WAITING = 1.0
"""Seconds between two looks for sessions that wait with nobody at work."""
NOTE_LISTENING = 15.0
"""Seconds between two notes that somebody listens."""
EXPIRE_AT_MOST_EVERY = 60.0
"""Seconds between two looks for idle sessions, or less when they expire sooner."""


Job = Callable[[], Awaitable[None]]


def now() -> int:
    """The time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[SessionManager]:
    """Open everything that the bot needs, so that it answers until the block ends.

    Raises StartError when it cannot start.
    """
    async with AsyncExitStack() as stack:
        database = await _open_database(stack, settings)
        try:
            async with asyncio.timeout(START_WITHIN):
                manager = await _open_slack(stack, settings, database)
        except TimeoutError as error:
            raise StartError(
                f"Slack at {settings.slack_api_url} is too slow to start with: try again later."
            ) from error
        yield manager


async def _open_slack(stack: AsyncExitStack, settings: Settings, database: Database) -> SessionManager:
    """Connect both ways, with the engine between them: what comes in last goes out first."""
    api_url = settings.slack_api_url
    token, timeout = settings.slack_bot_token.get_secret_value(), settings.chathakase_slack_timeout
    web = await stack.enter_async_context(open_web(token=token, api_url=api_url, call_timeout=timeout))
    calls, lookout = _calls(settings, web), Lookout(settings, web, database, now=now)
    surface = _open_surface(stack, settings, web, calls)
    manager = await _open_engine(stack, settings, database, surface, lookout)
    catch_up = CatchUp(
        listening=Listening(database, now=now),
        past=SlackPast(calls, web.identity),
        submit=manager.submit,
        young=settings.chathakase_catch_up * 1000,
        now=now,
    )
    app_token = settings.slack_app_token.get_secret_value()
    intake = Intake(
        web.identity, submit=catch_up.submit, change=_unheeded, press=manager.press, command=_unheeded, say=_unheeded
    )
    app = build_app(web, intake)
    socket = open_socket(app, app_token=app_token, api_url=api_url, reconnected=catch_up.missed)
    connection = lookout.connection = await stack.enter_async_context(socket)
    await stack.enter_async_context(catch_up)
    if settings.health is not None:
        await stack.enter_async_context(open_health(settings.health, lookout.vital_signs))

    async def note_listening() -> None:
        if connection.is_connected:
            await catch_up.note()

    jobs: dict[Job, float] = {
        manager.wake_waiting: LOOK_FOR_WAITING,
        manager.expire: min(EXPIRE_AT_MOST_EVERY, settings.chathakase_session_timeout),
        note_listening: NOTE_LISTENING,
    }
    stack.callback(_schedule(jobs).shutdown, wait=False)
    return manager


async def _open_database(stack: AsyncExitStack, settings: Settings) -> Database:
    try:
        refuse_newer(await schema_version(settings.database))
        database = await stack.enter_async_context(open_sqlite(settings.database))
        await migrate(database, now=now())
    except StoreError as error:
        raise StartError(f"CHATHAKASE_DATABASE_URL: {settings.database}: {error}.") from error
    return database


async def _open_engine(
    stack: AsyncExitStack, settings: Settings, database: Database, surface: SlackSurface, lookout: Lookout
) -> SessionManager:
    expiry = Expiry(settings.chathakase_session_timeout * 1000, settings.chathakase_expiry)
    sessions, turns = Sessions(database, expiry=expiry, now=now), Turns(database, now=now)
    promises = ErrandStore(database, now=now)
    model = await stack.enter_async_context(
        open_model(
            api_key=settings.openai_api_key.get_secret_value() or "none",
            base_url=settings.openai_base_url,
            name=settings.chathakase_model,
            temperature=settings.chathakase_temperature,
            max_tokens=settings.chathakase_max_tokens,
        )
    )
    persona = Persona(settings.chathakase_system_prompt, settings.chathakase_max_messages)
    runner = TurnRunner(sessions=sessions, turns=turns, model=model, surface=surface, persona=persona)
    rights, running = Rights(surface, settings.chathakase_admins), Running()
    presses = Presses(turns=turns, runner=runner, running=running, rights=rights)
    commands = Commands(
        sessions=sessions,
        surface=surface,
        presses=presses,
        rights=rights,
        examine=lookout.examine,
        model=settings.chathakase_model,
        expiry=expiry,
        now=now,
    )
    manager = SessionManager(
        sessions=sessions,
        turns=turns,
        promises=promises,
        runner=runner,
        commands=commands,
        errands=Errands(store=promises, commands=commands, presses=presses, surface=surface),
        running=running,
        admission=Admission(_load(settings), monotonic),
        strays=Strays(monotonic),
        concurrency=settings.chathakase_concurrency,
        grace=settings.chathakase_grace,
    )
    stack.push_async_callback(manager.close)
    await manager.wake_waiting()
    return manager


async def _unheeded(*_: object) -> None:
    """Take what nobody follows up."""


def _calls(settings: Settings, web: SlackWeb) -> Calls:
    try:
        limits = read_limits(settings.chathakase_rate_limits)
    except ValueError as error:
        raise StartError(f"CHATHAKASE_RATE_LIMITS {error}.") from error
    return Calls(web.client, Pace(monotonic, limits), monotonic)


def _open_surface(stack: AsyncExitStack, settings: Settings, web: SlackWeb, calls: Calls) -> SlackSurface:
    statuses = Statuses(calls)
    stack.push_async_callback(statuses.close)
    outbox = Outbox(calls, bot=web.identity.user_id)
    delivery = Delivery(
        outbox,
        Attachments(outbox, web.session),
        statuses,
        most_pages=settings.chathakase_max_pages,
        interim=settings.chathakase_streaming is not Streaming.OFF,
    )
    native = settings.chathakase_streaming is Streaming.NATIVE
    people, places = People(web.client, monotonic), Places(calls, monotonic)
    return SlackSurface(delivery, people, places, url=web.identity.url, native=native)


def _load(settings: Settings) -> Load:
    return Load(
        by_person=settings.chathakase_person_rate,
        by_channel=settings.chathakase_channel_rate,
        waiting=settings.chathakase_max_waiting,
    )


def _schedule(jobs: Mapping[Job, float]) -> AsyncIOScheduler:
    """Run each job every so many seconds."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None})
    for job, seconds in jobs.items():
        scheduler.add_job(_forgiving, "interval", seconds=seconds, args=(job,))
    scheduler.start()
    return scheduler


async def _forgiving(job: Job) -> None:
    """Run a job whose failure is told in one line; the next time may go better."""
    try:
        await job()
    except StoreError as error:
        log.warning("%s: %s", job.__name__, error)
