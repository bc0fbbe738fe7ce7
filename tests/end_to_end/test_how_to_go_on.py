"""Below their first answer in a direct message, people are told once how a conversation goes on."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.turns.turn_runner import HOW_TO_GO_ON
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Message
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, breaks_off_after, fails, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]


def footnotes(message: Message) -> list[str]:
    return [each["text"] for block in message.blocks if block["type"] == "context" for each in block["elements"]]


async def told(thread: Thread) -> list[list[str]]:
    """What stands below each answer once the last is whole."""
    await thread.workspace.until(lambda: not any(block["type"] == "actions" for block in thread.replies()[-1].blocks))
    return [footnotes(message) for message in thread.replies()]


async def asked(start: Start, text: str, person: PersonClient | None = None) -> Thread:
    thread = await start(text, channel="@", person=person)
    await thread.answers(1, containing=text)
    return thread


@pytest.mark.parametrize("streaming", ["update", "native", "off"])
async def test_it_is_told_once_below_the_first_answer(streaming: str, start: Start, open_the_bot: OpenBot) -> None:
    async with open_the_bot(chathakase_streaming=streaming):
        first = await asked(start, "hello")
        assert await told(first) == [[HOW_TO_GO_ON]]
        assert await told(await asked(start, "hello again")) == [[]]
        await first.say("and in the thread")
        await first.answers(2)
        assert await told(first) == [[HOW_TO_GO_ON], []]


async def test_each_person_is_told_and_nobody_after_a_restart(
    start: Start, open_the_bot: OpenBot, bob: PersonClient
) -> None:
    async with open_the_bot():
        assert await told(await asked(start, "hello")) == [[HOW_TO_GO_ON]]
    async with open_the_bot(), open_the_bot():
        assert await told(await asked(start, "hello again")) == [[]]
        assert await told(await asked(start, "hello, I am bob", bob)) == [[HOW_TO_GO_ON]]


async def test_two_processes_tell_it_once(start: Start, open_the_bot: OpenBot) -> None:
    async with open_the_bot(), open_the_bot():
        threads = [await start(f"hello {number}", channel="@") for number in range(4)]
        for thread in threads:
            await thread.answers(1, containing="hello")
        assert sorted([await told(thread) for thread in threads]) == [[[]], [[]], [[]], [[HOW_TO_GO_ON]]]


async def test_whoever_goes_on_in_a_thread_knows_it(
    start: Start, bot: object, model: ModelServer, settled: Settled
) -> None:
    model.will(fails(400), fails(400))
    thread = await start("hello", channel="@")
    await thread.answers(1, containing="⚠️")
    await thread.say("are you there?")
    await thread.answers(2, containing="⚠️")
    await settled()
    assert await told(await asked(start, "hello again")) == [[]]


async def test_it_stays_when_the_answer_is_written_again(
    start: Start, bot: object, model: ModelServer, alice: PersonClient, settled: Settled
) -> None:
    model.will(breaks_off_after("Half an"))
    thread = await start("hello", channel="@")
    await thread.answers(1, containing="⚠️")
    await settled()
    model.will(says("A whole answer."))
    await alice.press(thread.channel, thread.replies()[0].ts, "chathakase_retry")
    await thread.answers(1, containing="whole")
    assert await told(thread) == [[HOW_TO_GO_ON]]


async def test_in_a_channel_nobody_is_told(start: Start, bot: object, model: ModelServer) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    assert await told(thread) == [[]]
    direct = await asked(start, "hello")
    await direct.say("what did you say?")
    await direct.answers(2)
    assert HOW_TO_GO_ON not in model.said(), "it is no part of what was said"
