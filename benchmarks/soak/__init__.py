"""Thirty minutes of everything at once, with Slack's limits on: what must not grow, and that all is answered, once.

The run is cut into ten parts. In each, people talk with the bot while things go wrong now and then; then all are silent
for a while, and what the bot holds at rest is taken, as it is not while calls are under way. Sessions expire within
half a minute, and are deleted. What is held by the workspace and by the model's server is in this process, not in the
bot's; it is printed beside, and kept from growing.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.measured_bots import WINDOWED, Bot, open_bot
from benchmarks.model import Model, open_model
from benchmarks.process_usage import ProcessUsage
from benchmarks.report import Goal
from benchmarks.sampling import Sample, sample, sampling
from benchmarks.soak.answer_log import AnswerLog
from benchmarks.soak.fault_injector import FaultInjector
from benchmarks.soak.part import Part, goals, show_parts
from benchmarks.soak.question_kinds import KINDS, Answers
from benchmarks.soak.traffic import SoakTraffic
from chathakase.playground.web_api.tiers import Limits

MINUTES = 30.0
PARTS = 10
SAMPLE_EVERY = 2.0
REST = 18.0
"""Seconds of silence: a connection to Slack that idles is kept for fifteen, and one to the model for five."""
SETTINGS = {"CHATHAKASE_SESSION_TIMEOUT": "30", "CHATHAKASE_EXPIRY": "delete"}
SEED = 1


async def measure(folder: Path, minutes: float = MINUTES) -> list[Goal]:
    """Measure and print; returns the goals. The silences come on top of the minutes."""
    async with (
        open_model(KINDS["short"].script) as model,
        open_bot(WINDOWED, model, folder, Limits(), SETTINGS) as bot,
        bot.workspace.person("bob") as bob,
        bot.workspace.person("carol") as carol,
        sampling(bot, SAMPLE_EVERY) as samples,
    ):
        model.choose = Answers().choose
        answer_log, rng = AnswerLog(bot.workspace), random.Random(SEED)
        traffic, injector = SoakTraffic((bot.alice, bob, carol), answer_log, rng), FaultInjector(bot.workspace, rng)
        parts: list[Part] = []
        for _ in range(PARTS):
            first = len(samples)
            async with _injecting(injector):
                await traffic.go_on(minutes * 60 / PARTS)
            rest = await _at_rest(bot)
            parts.append(Part(answer_log.part, samples[first:], rest, ProcessUsage(os.getpid()).memory()))
            answer_log.begin_part()
            _forget(bot, model)
        await answer_log.closed()
    show_parts(parts, injector.made, answer_log.oddities)
    return goals(parts)


async def _at_rest(bot: Bot) -> Sample:
    """What the bot holds after a silence and one more question, with which it closes connections that idle."""
    await asyncio.sleep(REST)
    await bot.turns(1)
    return await sample(bot)


@asynccontextmanager
async def _injecting(injector: FaultInjector) -> AsyncIterator[None]:
    """Things go wrong until the block ends."""
    task = asyncio.create_task(injector.go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _forget(bot: Bot, model: Model) -> None:
    """Throw away what this process has gathered and nobody needs."""
    bot.workspace.journal.clear()
    bot.watch.turns.clear()
    model.ends.clear()
