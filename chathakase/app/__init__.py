"""Builds the bot: everything that is open is open inside one ``async with``, and closes in the reverse order."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from chathakase.app.engine_setup import check_prices, expiry_of, price_of, setup_of
from chathakase.app.model_servers import open_models
from chathakase.app.schedule import Periodic, run_periodically
from chathakase.app.slack import open_slack
from chathakase.app.surfaces import OpenSurface
from chathakase.config import Settings
from chathakase.core.errors import StartError, StoreError, WrongSoftware
from chathakase.engine.open_engine import Engine, open_engine
from chathakase.engine.sessions import SessionManager
from chathakase.engine.setup import Ports
from chathakase.files.chart_painter import ChildPainter
from chathakase.files.extra import HOW, missing
from chathakase.files.extraction import Extractor
from chathakase.health import open_health
from chathakase.health_monitor import HealthMonitor
from chathakase.showing import shown
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.migrate import ChangedMigration
from chathakase.storage.sqlite.starting import open_current
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
REFRESH_MUTED = 2.0
"""Seconds between two looks for channels that another process has muted."""
LOOK_FOR_WATCHERS = 5.0
"""Seconds between two looks for people who have opened their overview in another process."""
MERGE_EVERY = 10.0
"""Seconds between two times that what searching needs is put in order."""

TRUNCATE_WAL_EVERY = 2.0
"""Seconds between two looks whether the database's log may hold what was forgotten."""

log = logging.getLogger(__name__)


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
                manager = await _open_parts(stack, settings, database)
        except TimeoutError as error:
            raise StartError(
                f"Slack at {shown(settings.slack_api_url)} responds too slowly; try again later."
            ) from error
        yield manager


async def _open_parts(stack: AsyncExitStack, settings: Settings, database: SqliteDatabase) -> SessionManager:
    """Connect both ways, with the engine between them: what comes in last goes out first."""
    slack = await open_slack(stack, settings)
    surfaces: Sequence[OpenSurface] = (slack,)
    await adopt(database, slack.workspace_key)
    health_monitor = HealthMonitor(settings, slack.web, database)
    models = await open_models(stack, settings)
    check_prices(settings, models.facts)
    price = price_of(models.facts, settings.chathakase_model)
    stores = open_stores(
        database,
        expiry=expiry_of(settings),
        most_owned=settings.chathakase_person_sessions,
        limits=settings.daily_limits,
        price=price,
        count=models.counter.count,
    )
    _warn_of_what_cannot_be_read(settings)
    ports = Ports(
        stores=stores,
        adapters={each.workspace_key: each.adapter for each in surfaces},
        models=models,
        read=Extractor().read,
        charts=ChildPainter(),
        diagnose=health_monitor.report,
        now=now,
    )
    setup = setup_of(settings, agent=slack.web.identity.name, prices=models.facts)
    engine = await open_engine(stack, ports, setup)
    for each in surfaces:
        await each.listen(engine)
    health_monitor.connection = slack.connection
    await stack.enter_async_context(engine.catch_up)
    if settings.health is not None:
        await stack.enter_async_context(open_health(settings.health, health_monitor.vital_signs))
    run_periodically(stack, _periodic(settings, engine, stores, surfaces))
    return engine.manager


def _periodic(
    settings: Settings, engine: Engine, stores: SqlStores, surfaces: Collection[OpenSurface]
) -> dict[Periodic, float]:
    """What is done every so many seconds."""

    async def note_listening() -> None:
        if all(each.is_listening for each in surfaces):
            await engine.catch_up.note()

    return {
        engine.manager.wake_waiting: LOOK_FOR_WAITING,
        engine.muted_channels.refresh: REFRESH_MUTED,
        engine.watchers.look: LOOK_FOR_WATCHERS,
        engine.housekeeping.expire: min(EXPIRE_AT_MOST_EVERY, settings.chathakase_session_timeout),
        engine.housekeeping.prune: PRUNE_EVERY,
        engine.housekeeping.merge: MERGE_EVERY,
        stores.wal_truncation.truncate_wal: TRUNCATE_WAL_EVERY,
        note_listening: NOTE_LISTENING,
    }


def _warn_of_what_cannot_be_read(settings: Settings) -> None:
    if settings.chathakase_max_file_mb and (lacking := missing()):
        log.warning("Some kinds of files cannot be read (%s is not installed): run %s", ", ".join(lacking), HOW)


async def _open_database(stack: AsyncExitStack, settings: Settings) -> SqliteDatabase:
    try:
        return await stack.enter_async_context(open_current(settings.database, clock=now))
    except StoreError as error:
        kind = WrongSoftware if isinstance(error, ChangedMigration) else StartError
        raise kind(f"CHATHAKASE_DATABASE_URL: {settings.database}: {error}.") from error
