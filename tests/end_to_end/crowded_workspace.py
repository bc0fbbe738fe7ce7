"""A workspace with many people, in which Slack's rate limits are no part of a test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from chathakase.playground.world.demo import demo_world
from chathakase.playground.world.values import User
from chathakase.playground.world.views import OpenView
from chathakase.slack.web.rate_limits import LIMITS
from tests.end_to_end.at_home import GENERAL, MENUS, published, seen
from tests.end_to_end.conftest import Thread

UNLIMITED: dict[str, Any] = {
    "chathakase_rate_limits": " ".join(f"{method}=600000/1000" for method in LIMITS),
    "chathakase_concurrency": 200,
}
"""How a bot is set up for a crowd."""
WITHIN = 60.0
"""Seconds, of which a busy machine may need some for hundreds of events."""


@asynccontextmanager
async def open_crowd(people: int) -> AsyncIterator[Workspace]:
    """So many people besides Alice, Bob and Carol, each in #general, none of them an admin."""
    world = demo_world()
    for number in range(people):
        person = User(f"U0PERSON{number:02}", f"person{number}", f"Person {number}", f"person{number}")
        world.users[person.id] = person
        world.open_direct((person.id, world.app.user_id))
        world.join(GENERAL, person.id)
    about: dict[str, Any] = MENUS | {"ack_timeout": WITHIN, "journal_limit": 100_000}
    async with open_workspace(world, **about, limits=NoLimits(), seed=1) as workspace:
        yield workspace


async def homes_of(workspace: Workspace, crowd: Sequence[PersonClient]) -> dict[str, OpenView]:
    """The Home tabs of all, who open them at once, by their ids."""
    before = published(workspace)
    await asyncio.gather(*(person.open_home() for person in crowd))
    await workspace.until(lambda: published(workspace) >= before + len(crowd), WITHIN)
    return {person.id: seen(person) for person in crowd}


async def threads_of(workspace: Workspace, crowd: Sequence[PersonClient], each: int, words: str) -> list[Thread]:
    """So many threads that each person begins in their direct message, all at once, each with a number in its words."""

    async def start(number: int) -> Thread:
        person = crowd[number % len(crowd)]
        channel = person.direct_message().id
        return Thread(workspace, person, channel, await person.say(words.format(number), channel=channel))

    return list(await asyncio.gather(*(start(number) for number in range(len(crowd) * each))))


@asynccontextmanager
async def everybody(workspace: Workspace, people: int) -> AsyncIterator[list[PersonClient]]:
    """The people of a crowd."""
    async with AsyncExitStack() as stack:
        names = [f"person{number}" for number in range(people)]
        yield [await stack.enter_async_context(workspace.person(name)) for name in names]
