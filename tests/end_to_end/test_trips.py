"""How often a whole turn goes to the thread on which the database is: counted, so the same on any machine."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from chathakase import app
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.slack.surface import SlackSurface
from tests.end_to_end.conftest import INTERVALS, OpenBot, Thread
from tests.places import HOME
from tests.trips import Trip, recorded

Start = Callable[..., Awaitable[Thread]]

HEARTBEAT = {"turn_store.RENEW"}
"""Comes every few seconds, however long a turn takes."""


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Trip]]:
    """All trips but those of jobs, which have nothing to do with a turn."""
    for interval in INTERVALS:
        monkeypatch.setattr(app, interval, 600)
    with recorded() as trips:
        yield trips


@asynccontextmanager
async def turn(bot: SessionManager, trips: list[Trip], most: int) -> AsyncIterator[None]:
    """In the block one message is answered, with so many trips at most, and what follows its answer among them."""
    trips.clear()
    yield
    while tasks := [*bot.scheduler.tasks, *bot.scheduler._background._tasks.values()]:
        await asyncio.wait(tasks)
    made = [trip for trip in trips if set(trip) != HEARTBEAT]
    assert len(made) <= most, "\n".join(map(", ".join, made))


@pytest.mark.parametrize(
    ("channel", "background", "first", "follow_up"),
    [(None, "off", 4, 5), (None, "", 7, 6), ("@", "off", 7, 5), ("@", "", 10, 6)],
    ids=["in a channel", "with a title", "in a direct message", "in a direct message with a title"],
)
async def test_a_turn_makes_few_trips(
    channel: str | None,
    background: str,
    first: int,
    follow_up: int,
    open_the_bot: OpenBot,
    trips: list[Trip],
    start: Start,
) -> None:
    """A title is made after the first turn, and after the others it is seen that nothing is due.

    In a direct message somebody is told below their first answer how to go on.
    """
    async with open_the_bot(chathakase_background_model=background) as bot:
        async with turn(bot, trips, first):
            thread = await start("@ChatHakase hello there", channel=channel)
            await thread.answers(1, containing="there")
        for number in (2, 3):
            async with turn(bot, trips, follow_up):
                await thread.say(f"And what comes after {number}?")
                await thread.answers(number, containing=f"after {number}?")


async def test_it_takes_one_more_for_those_who_watch(
    open_the_bot: OpenBot,
    trips: list[Trip],
    start: Start,
    alice: PersonClient,
    bob: PersonClient,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It tells whom the answer concerns, and comes after the turn, once for it and for the title.

    What these are shown is then read for each of them.
    """
    shown: list[str] = []
    monkeypatch.setattr(SlackSurface, "refresh_overview", lambda _, __, person: shown.append(person))
    async with open_the_bot():
        pass
    with closing(sqlite3.connect(database)) as connection, connection:
        columns = "surface, workspace, person, opened_at, state, last_lines"
        looking = [(*HOME, person.id, 1 << 50, "", 1) for person in (alice, bob)]
        connection.executemany(f"INSERT INTO overviews ({columns}) VALUES (?, ?, ?, ?, ?, ?)", looking)
    async with open_the_bot(chathakase_background_model="") as bot:
        async with turn(bot, trips, 7):
            thread = await start("@ChatHakase hello there")
            await thread.answers(1, containing="there")
        await thread.workspace.until(lambda: ["overview_store.CONCERNED"] in trips)
        assert sum("overview_store.CONCERNED" in trip for trip in trips) == 1
        assert len([trip for trip in trips if set(trip) != HEARTBEAT]) <= 7 + 1
        assert shown == [alice.id]


async def test_what_stands_above_takes_four_more_trips(open_the_bot: OpenBot, trips: list[Trip], start: Start) -> None:
    """Two to store it and to look at what is remembered by then, and two since the mention comes as two events."""
    async with open_the_bot() as bot:
        thread = await start("lunch?")
        async with turn(bot, trips, 8):
            await thread.say("@ChatHakase which one?")
            await thread.answers(1, containing="which one?")
