"""Builds the house: everything that is open is open inside one ``async with``, and closes in the reverse order."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic

from chathakase.app.engine import Engine, open_engine
from chathakase.app.jobs import Job, run_jobs
from chathakase.app.surface import open_calls, open_surface
from chathakase.config import Settings
from chathakase.core.errors import StartError, StoreError, WrongSoftware
from chathakase.engine.catch_up import CatchUp
from chathakase.engine.sessions import SessionManager
from chathakase.health import open_health
from chathakase.lookout import Lookout
from chathakase.showing import shown
from chathakase.slack.connection.socket import open_socket
from chathakase.slack.inward.authors import Authors
from chathakase.slack.inward.intake import Intake, build_app
from chathakase.slack.inward.past import SlackPast
from chathakase.slack.people import People
from chathakase.slack.web.client import open_web
from chathakase.slack.web.identity import SURFACE
from chathakase.storage.database import Database
from chathakase.storage.sqlite.driver import open_sqlite, schema_version
from chathakase.storage.sqlite.migrate import ChangedMigration, migrate, refuse_newer
from chathakase.storage.stores.adoption import adopt

START_WITHIN = 11.0
"""Seconds until Slack must be connected."""
LOOK_FOR_WAITING = 1.0
"""Seconds between two looks for sessions that wait with nobody at work."""
NOTE_LISTENING = 15.0
"""Seconds between two notes that somebody listens."""
EXPIRE_AT_MOST_EVERY = 60.0
"""Seconds between two looks for idle sessions, or less when they expire sooner."""
PRUNE_EVERY = 3600.0
"""Seconds between two looks for sessions that are to be deleted for good."""
MERGE_EVERY = 10.0
"""Seconds between two times that what searching needs is put in order."""

EMPTY_EVERY = 2.0
"""Seconds between two looks whether the database's log may hold what was forgotten."""


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
                engine = await _open_slack(stack, settings, database)
        except TimeoutError as error:
            raise StartError(
                f"Slack at {shown(settings.slack_api_url)} is too slow to start with; try again later."
            ) from error
        yield engine.manager


async def _open_slack(stack: AsyncExitStack, settings: Settings, database: Database) -> Engine:
    """Connect both ways, with the engine between them: what comes in last goes out first."""
    api_url = settings.slack_api_url
    token, timeout = settings.slack_bot_token.get_secret_value(), settings.chathakase_slack_timeout
    web = await stack.enter_async_context(open_web(token=token, api_url=api_url, call_timeout=timeout))
    calls, lookout = open_calls(settings, web), Lookout(settings, web, database, now=now)
    people = People(web.client, monotonic, team=web.identity.team_id)
    authors = Authors(web.identity, people, monotonic, workflows=settings.chathakase_answer_workflows)
    surface, past = open_surface(stack, settings, web, calls, people), SlackPast(calls, web.identity, authors)
    await adopt(database, surface=SURFACE, workspace=web.identity.team_id)
    engine = await open_engine(stack, settings, database, surface, past, web, lookout.report, now=now)
    catch_up = CatchUp(
        listening=engine.stores.listening,
        past=past,
        submit=engine.manager.submit,
        change=engine.changes.take_in,
        young=settings.chathakase_catch_up * 1000,
        now=now,
    )
    intake = Intake(
        web.identity,
        authors,
        submit=engine.outage.watched(catch_up.submit),
        change=engine.changes.take_in,
        press=engine.manager.promise,
        command=engine.manager.promise,
        say=engine.manager.say,
    )
    socket = open_socket(
        build_app(web, intake),
        app_token=settings.slack_app_token.get_secret_value(),
        api_url=api_url,
        reconnected=catch_up.missed,
    )
    connection = lookout.connection = await stack.enter_async_context(socket)
    await stack.enter_async_context(catch_up)
    if settings.health is not None:
        await stack.enter_async_context(open_health(settings.health, lookout.vital_signs))

    async def note_listening() -> None:
        if connection.is_connected:
            await catch_up.note()

    jobs: dict[Job, float] = {
        engine.manager.wake_waiting: LOOK_FOR_WAITING,
        engine.housekeeping.expire: min(EXPIRE_AT_MOST_EVERY, settings.chathakase_session_timeout),
        engine.housekeeping.prune: PRUNE_EVERY,
        engine.housekeeping.merge: MERGE_EVERY,
        engine.stores.emptying.empty_the_log: EMPTY_EVERY,
        note_listening: NOTE_LISTENING,
    }
    run_jobs(stack, jobs)
    return engine


async def _open_database(stack: AsyncExitStack, settings: Settings) -> Database:
    try:
        refuse_newer(await schema_version(settings.database))
        database = await stack.enter_async_context(open_sqlite(settings.database))
        await migrate(database, now=now())
    except StoreError as error:
        kind = WrongSoftware if isinstance(error, ChangedMigration) else StartError
        raise kind(f"CHATHAKASE_DATABASE_URL: {settings.database}: {error}.") from error
    return database
