"""A thread of ten thousand messages beside new ones: a turn in it should cost no more than its newest messages.

Taken by turns, so that whatever else the machine does meets both alike: the stores and the building of the prompt by
themselves, without waiting for the disk, and whole turns of the bot with a model that answers at once.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.load.stored import ALICE, said, stores
from benchmarks.load.unpaced import UNPACED
from benchmarks.measured_bots import ANSWER_WITHIN, OURS, Bot, bench_world, channel_id, database_in, open_bot
from benchmarks.model import open_model, whole
from benchmarks.report import Goal, p95, show
from chathakase.core.prompt import AssistantSetup, Persona, build_prompt
from chathakase.core.token_estimate import Estimator
from chathakase.core.types import Outcome, Person, Place, Result, Where
from chathakase.core.window import Window
from chathakase.playground.web_api.tiers import NoLimits
from chathakase.playground.world.world import World
from chathakase.slack.slack_traits import SLACK
from chathakase.storage.open_stores import SqlStores
from tests.places import slack_place

MESSAGES = 10_000
ROUNDS = 100
TURNS = 30
"""Whole turns in the long thread, and as many in new ones."""
SCRIPT = whole(200, wait=0.0, hold=0.0)
ANSWER = Result(Outcome.ANSWERED, "words and words " * 20)
MANNER = AssistantSetup(Persona("You are a helpful assistant.", 20), SLACK)
PEOPLE = {ALICE: Person(ALICE, "alice", zone="Europe/Amsterdam", offset=3600)}
WHERE = Where("general")
WINDOW = Window(128_000, 2_000, Estimator())
TEXT = "question 0: how do threads work?"
CHANNEL = 0

MUCH = 2.0
"""How many times the time of the stores: an index of ten thousand entries is deeper, and a prompt is full there."""
A_LITTLE = 1.25
"""How many times the time of a whole turn."""

Steps = dict[str, list[float]]
"""The milliseconds of each round, by step."""


async def measure(folder: Path) -> list[Goal]:
    """Measure and print; returns the goals."""
    world = bench_world()
    place = _begin(world)
    async with stores(database_in(folder)) as opened:
        await _open(opened, world, place)
        for _ in range(MESSAGES // 2):
            await _turn(opened, world, place)
        long, new = [], []
        for _ in range(ROUNDS):
            long.append(await _turn(opened, world, place))
            fresh = _begin(world)
            await _open(opened, world, fresh)
            new.append(await _turn(opened, world, fresh))
    whole_long, whole_new = await _whole_turns(folder, world, place)
    stores_long, stores_new = [sum(each.values()) for each in long], [sum(each.values()) for each in new]
    rows = [_row(step, [each[step] for each in long], [each[step] for each in new]) for step in long[0]]
    rows += [_row("together", stores_long, stores_new), _row("a whole turn of the bot", whole_long, whole_new)]
    show(
        f"A turn in a thread of {MESSAGES:,} messages, beside one in a new thread",
        ("milliseconds", "long, median", "p95", "new, median", "p95", "long / new"),
        rows,
    )
    return [
        Goal(f"{MESSAGES:,} in a thread: stores and prompt, long / new", _ratio(stores_long, stores_new), MUCH),
        Goal(f"{MESSAGES:,} in a thread: a whole turn, long / new", _ratio(whole_long, whole_new), A_LITTLE),
    ]


def _begin(world: World) -> Place:
    """A new thread."""
    return slack_place(channel_id(CHANNEL), world.post(channel_id(CHANNEL), ALICE, "Let us begin.").ts)


async def _open(opened: SqlStores, world: World, place: Place) -> None:
    """Store what a thread begins with, so that nothing is above."""
    root = world.timeline(place.channel).get(place.thread)
    if root is None:
        raise RuntimeError("a thread has no beginning")
    await opened.sessions.append(said(root))


async def _turn(opened: SqlStores, world: World, place: Place) -> Mapping[str, float]:
    """One turn, without model and Slack; returns the milliseconds of each step."""
    taken: dict[str, float] = {}
    message = world.post(place.channel, ALICE, TEXT, thread_ts=place.thread)
    with _timed(taken, "append"):
        session = (await opened.sessions.append(said(message))).session
    with _timed(taken, "claim"):
        lease = await opened.turns.claim(session)
    if lease is None:
        raise RuntimeError("the store gave no lease for a question that waits")
    limit, room = MANNER.persona.max_messages, WINDOW.room
    with _timed(taken, "memory"):
        memory = await opened.memory.memory(session, lease=lease, limit=limit, tokens=room)
    with _timed(taken, "prompt"):
        build_prompt(MANNER, memory, people=PEOPLE, where=WHERE, window=WINDOW)
    with _timed(taken, "finish"):
        await opened.turns.finish(lease, ANSWER)
    return taken


@contextmanager
def _timed(taken: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    taken[step] = (time.perf_counter() - began) * 1000


async def _whole_turns(folder: Path, world: World, place: Place) -> tuple[list[float], list[float]]:
    """The milliseconds from a question to its whole answer, in the long thread and in new ones."""
    long, new = [], []
    async with (
        open_model(SCRIPT) as model,
        open_bot(OURS, model, folder, NoLimits(), {**UNPACED, "CHATHAKASE_CATCH_UP": "0"}, world=world) as bot,
    ):
        await bot.turns(1)
        for _ in range(TURNS):
            long.append(await _whole_turn(bot, place.thread))
            new.append(await _whole_turn(bot, None))
    return long, new


async def _whole_turn(bot: Bot, thread: str | None) -> float:
    began = time.perf_counter()
    if thread is not None:
        # What was seen there before was another answer.
        bot.watch.turns.pop(thread, None)
    asked = await bot.ask(CHANNEL, thread)
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await bot.watch.turns[thread or asked.ts].whole.wait()
    except TimeoutError:
        raise bot.failed("did not answer") from None
    taken = (time.perf_counter() - began) * 1000
    await bot.rest()
    return taken


def _ratio(long: Sequence[float], new: Sequence[float]) -> float:
    return median(long) / median(new)


def _row(what: str, long: Sequence[float], new: Sequence[float]) -> tuple[str, ...]:
    figures = (median(long), p95(long), median(new), p95(new), _ratio(long, new))
    return what, *(f"{figure:.2f}" for figure in figures)
