"""Titles and summaries are written after answers, and give way to whoever asks."""

import asyncio
from dataclasses import replace

import pytest

from chathakase.core.types import Lease, SessionId
from tests.doubles.engine_stage import open_stage, said
from tests.doubles.scripted_model import ScriptedModel
from tests.engine.sessions.threads import ask_in, thread

pytestmark = pytest.mark.virtual_time


async def test_a_title_is_given_after_the_answer_and_delays_none() -> None:
    titles = ScriptedModel([5.0, "Far places"])
    async with open_stage(background=titles) as stage:
        reply = await stage.answered("1", "Is it far?")
        assert reply.final is not None
        await asyncio.sleep(4)
        assert (reply.final.at, titles.asked_at) == (0.0, [0.0])
        await stage.answered("2")
        assert 'title="Is it far?"' in stage.model.told[1]
        await asyncio.sleep(1)
        await stage.answered("3")
        assert 'title="Far places"' in stage.model.told[2]
        assert len(titles.prompts) == 1


async def test_a_title_waits_while_somebody_else_is_answered() -> None:
    titles = ScriptedModel(["Far places"], ["Farther places"])
    async with open_stage(["a1"], [3.0, "a2"], background=titles) as stage:
        await ask_in(stage, 2)
        await ask_in(stage, 1)
        await stage.quiet()
        await asyncio.sleep(1)
        assert titles.asked_at == [3.0, 3.0]


async def test_what_is_written_in_the_background_gives_its_slot_to_whoever_asks_and_is_written_later() -> None:
    titles = ScriptedModel([30.0, "Far places"], ["Far places"])
    async with open_stage(["a1"], [5.0, "a2"], background=titles, concurrency=1) as stage:
        await ask_in(stage, 1)
        await stage.quiet()
        await asyncio.sleep(1)
        await ask_in(stage, 2)
        await stage.quiet()
        await asyncio.sleep(1)
        assert (stage.model.asked_at, titles.cut) == ([0.0, 1.0], 1)
        assert titles.asked_at == [0.0, 6.0, 6.0], "once for each session"


async def test_nothing_is_written_beside_a_turn_that_is_to_run_alone() -> None:
    titles = ScriptedModel([30.0, "Far places"])
    async with open_stage(["a1"], [5.0, "a2"], background=titles) as stage:
        await ask_in(stage, 1)
        await stage.quiet()
        claim = stage.stores.turns.claim

        async def alone(session: SessionId) -> Lease | None:
            lease = await claim(session)
            return lease and replace(lease, alone=True)

        stage.stores.turns.claim = alone  # type: ignore[assignment, method-assign]
        await stage.stores.sessions.append(said("2", place=thread(2)))
        await stage.engine.manager.wake_waiting()
        await asyncio.sleep(1)
        assert (titles.cut, titles.at_once) == (1, 0)
        await stage.quiet()
