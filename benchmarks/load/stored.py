"""A bot's database, filled by the stores themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chathakase.app import now
from chathakase.core.types import Expiry, ExpiryMode, Incoming
from chathakase.playground.world.message_ts import micros
from chathakase.playground.world.values import Message
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.places import slack_place

ALICE = "U0ALICE001"
"""Who says it."""


@asynccontextmanager
async def stores(database: Path) -> AsyncIterator[SqlStores]:
    """The stores of a database, made where there is none, in a hurry: what is written is not waited for."""
    _make_folder(database)
    async with open_sqlite(database) as opened:
        await migrate(opened, now=now())
        await opened.outside("PRAGMA synchronous = OFF")
        yield open_stores(opened, expiry=Expiry(3_600_000, ExpiryMode.ARCHIVE))


def said(message: Message) -> Incoming:
    """A message of the workspace's as the bot takes it in: a question to it."""
    place = slack_place(message.channel, message.thread_ts or message.ts)
    asked = micros(message.ts)
    return Incoming(place, message.ts, message.user, message.text, said=asked, opens=True, asks=True)


def _make_folder(database: Path) -> None:
    database.parent.mkdir(exist_ok=True, parents=True)
