"""However many answers grow at once, Slack refuses nothing and each has a call left for its end; in virtual time."""

import asyncio

import pytest

from chathakase.clock import monotonic as now
from chathakase.slack.replies.reply import SlackReply
from chathakase.slack.web.rate_limiter import Priority
from chathakase.slack.web.rate_limits import LIMITS, Limit
from tests.slack.replies.desk import EDIT, POST, Desk, grow

pytestmark = pytest.mark.virtual_time

CHANNELS = ("C0GENERAL1", "C0RANDOM01", "C0SECRET01", "D0ALICE001", "D0BOB00001", "D0CAROL001")


async def test_what_is_begun_has_a_call_kept_for_its_end() -> None:
    desk = Desk(limits={**LIMITS, EDIT: Limit(burst=3, per_minute=6)})
    first, second, third = replies = [desk.reply(desk.asked(channel)) for channel in CHANNELS[:3]]
    ends = list[float]()
    async with first, second, third:
        for reply in replies:
            await grow(reply, "Half")
        for reply in replies:
            assert not await reply.show("Half and")
        for reply in replies:
            await reply.finish("Half and whole.")
            ends.append(now())
    assert ends == [0.0, 0.0, 0.0]
    assert desk.errors() == []


async def test_what_could_not_be_ended_in_time_is_not_begun() -> None:
    desk = Desk(limits={**LIMITS, EDIT: Limit(burst=1, per_minute=6)})
    begun, waiting = desk.reply(), desk.reply(place := desk.asked(CHANNELS[1]))
    async with begun, waiting:
        await grow(begun, "Half")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5.0):
                await waiting.ready()
        await waiting.finish("Whole.")
        await begun.finish("Half and whole.")
    assert desk.shown(place) == ["Whole."]
    assert desk.times(POST) == [0.0, 5.0]
    assert desk.times(EDIT) == [5.0]


async def test_whoever_waits_to_begin_goes_before_further_edits() -> None:
    desk = Desk(limits={**LIMITS, EDIT: Limit(burst=2, per_minute=6)})
    first, second, third = replies = [desk.reply(desk.asked(channel)) for channel in CHANNELS[:3]]
    async with first, second, third:
        await grow(first, "a")
        await grow(second, "a")
        beginning = asyncio.create_task(third.ready())
        await asyncio.sleep(1.0)
        await second.finish("a b")
        # Another call comes in after ten seconds, and is kept for the third.
        await beginning
        await grow(third, "a")
        assert desk.times(EDIT) == [1.0]
        for reply in (first, third):
            await reply.finish("a b")
    assert len(replies) == len(desk.times(POST))


@pytest.mark.parametrize("count", [1, 6, 17])
async def test_however_many_grow_at_once_slack_refuses_nothing_and_no_end_is_late(desk: Desk, count: int) -> None:
    late = list[float]()

    async def one(number: int) -> None:
        await asyncio.sleep(number * 1.1)
        async with desk.reply(desk.asked(CHANNELS[number % 6])) as reply:
            text = ""
            while len(text) < 30:
                text += "word "
                await grow(reply, text)
            began = now()
            await reply.finish(text + "end")
            late.append(now() - began)

    await asyncio.gather(*map(one, range(count)))
    assert desk.errors() == []
    assert max(late) <= 1.0


async def test_the_answer_to_a_command_gives_way_to_a_final_text(desk: Desk) -> None:
    for _ in range(4):
        await desk.outbox.post(desk.post("before"), priority=Priority.FINAL)
    command = SlackReply(desk.tools.of("bob", at_best=Priority.COMMAND), desk.origin(is_turn=False))
    async with command, desk.reply() as reply:
        answering = asyncio.create_task(command.finish("Done."))
        await asyncio.sleep(0.1)
        await reply.finish("Hello.")
        assert (desk.shown()[4:], now()) == (["Hello."], 0.5)
        await answering
    assert desk.shown()[4:] == ["Hello.", "Done."]
