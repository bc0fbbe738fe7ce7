"""A second surface is an adapter and one line: the same strings mean other threads and other people there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chathakase.app.engine_setup import expiry_of, setup_of
from chathakase.app.model_servers import open_models
from chathakase.app.slack import open_slack
from chathakase.app.surfaces import OpenSurface
from chathakase.config import Settings
from chathakase.core.jobs import NEW_CHAT, RENAME_SESSION, Command
from chathakase.core.new_chats import NewChat
from chathakase.core.types import Incoming
from chathakase.engine.open_engine import Engine, open_engine
from chathakase.engine.setup import Ports
from chathakase.files.chart_painter import ChildPainter
from chathakase.files.extraction import Extractor
from chathakase.playground.person import PersonClient as Somebody
from chathakase.playground.server import Workspace
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.line import LineCaller, LineSurface, line_place, open_line
from tests.model_server import ModelServer, fails, says
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]

ALICE = "U0ALICE001"
"""Somebody on Slack, who is an admin there, and somebody else on the line."""


@dataclass
class TwoSurfaces:
    """The real engine with Slack and the line, and somebody on the line who has the id of somebody on Slack."""

    engine: Engine
    stores: SqlStores
    anna: LineCaller


async def nothing_to_tell() -> str:
    return ""


@asynccontextmanager
async def open_house(
    settings: dict[str, Any], line: LineSurface, *, has_line: bool = True
) -> AsyncIterator[TwoSurfaces]:
    """What the app does, with one adapter and one line more."""
    read = Settings(**settings, chathakase_admins=frozenset({ALICE}))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_sqlite(read.database))
        await migrate(database, now=0)
        slack, models = await open_slack(stack, read), await open_models(stack, read)
        stores = open_stores(database, expiry=expiry_of(read), count=models.counter.count)
        surfaces: Sequence[OpenSurface] = (slack, line) if has_line else (slack,)
        adapters = {each.workspace_key: each.adapter for each in surfaces}
        ports = Ports(
            stores=stores,
            adapters=adapters,
            models=models,
            read=Extractor().read,
            charts=ChildPainter(),
            diagnose=nothing_to_tell,
            now=lambda: 10**12,
        )
        setup = setup_of(read, agent=slack.web.identity.name, prices=models.facts)
        engine = await open_engine(stack, ports, setup)
        for each in surfaces:
            await each.listen(engine)
        port = await stack.enter_async_context(open_line(line))
        yield TwoSurfaces(engine, stores, await stack.enter_async_context(LineCaller.on(port, ALICE)))


@pytest.fixture
async def house(settings: dict[str, Any]) -> AsyncIterator[TwoSurfaces]:
    async with open_house(settings, LineSurface()) as opened:
        yield opened


def is_whole(told: dict[str, Any]) -> bool:
    return "text" in told and not told.get("growing")


async def test_each_thread_is_answered_on_its_own_surface(house: TwoSurfaces, start: Start, model: ModelServer) -> None:
    model.will(says("A salmon."), says("A tram."), says("A trout."), says("A train."))
    thread = await start("@ChatHakase a swordfish?")
    assert await thread.answers(1) == ["A salmon."]
    await house.anna.send(thread.channel, thread.ts, ref=thread.ts, text="a bicycle?")
    whole = await house.anna.until(is_whole)
    assert (whole["text"], whole["channel"], whole["thread"]) == ("A tram.", thread.channel, thread.ts)
    await thread.say("and a halibut?")
    assert await thread.answers(2) == ["A salmon.", "A trout."]
    await house.anna.send(thread.channel, thread.ts, text="and a car?", opens=False)
    assert (await house.anna.until(is_whole))["text"] == "A train."
    here = await house.stores.sessions.find(slack_place(thread.channel, thread.ts))
    there = await house.stores.sessions.find(line_place(thread.channel, thread.ts))
    assert None not in (here, there)
    assert here != there
    told = ["".join(str(each["content"]) for each in request["messages"]) for request in model.requests]
    assert ["swordfish" in text for text in told] == ["Slack thread" in text for text in told] == [True, False] * 2
    assert ["bicycle" in text for text in told] == ["telegraph line" in text for text in told] == [False, True] * 2
    assert ["[alice]" in text for text in told] == ["of the line" not in text for text in told] == [True, False] * 2
    assert not any("salmon" in text or "trout" in text for text in house.anna.texts())
    everything = " ".join(str(each) for each in thread.workspace.world.timeline(thread.channel).messages())
    assert not any(word in everything for word in ("bicycle", "tram", "train", "car?"))


async def test_commands_work_there_and_know_nothing_of_other_surfaces(
    house: TwoSurfaces, start: Start, model: ModelServer, alice: Somebody, workspace: Workspace
) -> None:
    thread = await start("@ChatHakase a swordfish?")
    await thread.answers(1)
    await house.anna.send(thread.channel, thread.ts, ref=thread.ts, text="a bicycle with a file?", file="a.csv")
    await house.anna.until(is_whole)
    assert "one,two" in str(model.requests[-1]["messages"])
    await house.anna.send(thread.channel, thread.ts, text="session info", opens=False)
    info = (await house.anna.until(is_whole))["text"]
    assert f"- People: {ALICE} of the line\n- Messages: 2\n" in info
    await house.anna.send(thread.channel, thread.ts, text="export session", opens=False)
    exported = [(await house.anna.until(lambda each: "file" in each))["content"] for _ in range(2)]
    assert all("bicycle" in text and "swordfish" not in text for text in exported)
    await house.anna.send(thread.channel, thread.ts, text="search threads a", opens=False)
    found = (await house.anna.until(lambda each: "your threads" in each.get("text", "")))["text"]
    assert "a bicycle with a file?" in found
    assert "swordfish" not in found, "whoever has the same id elsewhere, in a channel of the same id, is somebody else"
    await house.anna.send(thread.channel, thread.ts, text="threads", opens=False)
    listed = (await house.anna.until(lambda each: "Your threads" in each.get("text", "")))["text"]
    assert listed.startswith("**Your threads** (1)\n")
    assert "a bicycle with a file?" in listed
    await alice.say("all sessions", channel=thread.channel, thread_ts=thread.ts)
    assert "**1 active session**" in await await_ephemeral(workspace, alice, "active session")
    await house.anna.send(thread.channel, thread.ts, text="all sessions", opens=False)
    assert (await house.anna.until(is_whole))["text"] == "Sorry, only admins can see that."


async def test_an_overview_there_tells_and_starts_what_is_there_alone(
    house: TwoSurfaces, start: Start, model: ModelServer
) -> None:
    model.will(says("A salmon."), says("A tram."), says("A train."))
    thread = await start("@ChatHakase a swordfish?")
    await thread.answers(1)
    overview = line_place("", "")
    state = await house.engine.overviews.opened(overview, ALICE)
    assert (await house.engine.overviews.read(overview, ALICE, state)).threads.threads == ()
    wanted = Command(overview, "1", ALICE, NEW_CHAT, NewChat("a bicycle?").argument, told_in=overview)
    for _ in range(2):
        await house.engine.requests.enqueue(wanted)
    assert (await house.anna.until(is_whole))["text"] == f"{ALICE} asks: a bicycle?"
    await house.anna.until(lambda told: str(told.get("text")).startswith("I've started it: [a bicycle?](line:"))
    await house.anna.until(lambda told: bool(told.get("refreshed")))
    (row,) = (await house.engine.overviews.read(overview, ALICE, state)).threads.threads
    assert row.place is not None
    assert row.title == "a bicycle?"
    renaming = Command(row.place, "2", ALICE, RENAME_SESSION, f"{row.session} Wheels", told_in=overview)
    await house.engine.requests.enqueue(renaming)
    told = await house.anna.until(lambda each: "Wheels" in str(each.get("text")))
    assert told["private"]
    assert [each["text"] for each in house.anna.read if "asks:" in str(each.get("text"))] == [
        f"{ALICE} asks: a bicycle?"
    ]
    assert not any("swordfish" in text for text in house.anna.texts())


async def test_buttons_work_there(house: TwoSurfaces, start: Start, model: ModelServer) -> None:
    thread = await start("@ChatHakase a swordfish?")
    await thread.answers(1)
    hold = asyncio.Event()
    model.will(says("A tram", " and more.", hold=hold))
    await house.anna.send(thread.channel, thread.ts, ref=thread.ts, text="a bicycle?")
    growing = await house.anna.until(lambda each: each.get("growing", False))
    about = {"turn": growing["turn"], "run": growing["run"]}
    await house.anna.send(thread.channel, thread.ts, press="stop", **about)
    assert "Stopped" in (await house.anna.until(is_whole))["text"]
    hold.set()
    model.will(fails(400), says("A train."))
    await house.anna.send(thread.channel, thread.ts, text="a car?")
    failed = await house.anna.until(is_whole)
    assert failed["offer"] == "retry"
    await house.anna.send(thread.channel, thread.ts, press="retry", turn=failed["turn"], run=failed["run"])
    assert (await house.anna.until(is_whole))["text"] == "A train."
    await house.anna.send(thread.channel, thread.ts, text="forget")
    asked = await house.anna.until(lambda each: "choices" in each)
    assert "They stay visible in the line," in asked["text"]
    await house.anna.send(thread.channel, thread.ts, words=asked["choices"]["All my messages everywhere"])
    sure = await house.anna.until(lambda each: "choices" in each)
    await house.anna.send(thread.channel, thread.ts, words=sure["choices"]["Forget everything"])
    await house.anna.until(lambda each: "forgotten 2 of your messages" in each.get("text", ""))
    await thread.say("what did I ask?")
    await thread.answers(2)
    assert "swordfish" in model.said(), "whoever has the same id elsewhere is somebody else"


async def test_what_waits_on_a_surface_that_is_not_here_waits_for_it(
    settings: dict[str, Any], model: ModelServer, workspace: Workspace
) -> None:
    place = line_place("L1", "1")
    async with open_house(settings, LineSurface(), has_line=False) as house:
        await house.stores.sessions.append(Incoming(place, "1", "ben", "a bicycle?", 1, opens=True, asks=True))
        await house.engine.manager.wake_waiting()
        assert not house.engine.manager.scheduler.tasks
        assert [session.place for session in await house.stores.turns.waiting([place.workspace_key])] == [place]
    assert model.requests == []
    async with open_house(settings, LineSurface()) as house:
        await workspace.until(lambda: not house.engine.manager.scheduler.tasks)
        assert await house.stores.turns.waiting([place.workspace_key]) == []
    assert "bicycle" in model.said()
