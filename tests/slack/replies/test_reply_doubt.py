"""An answer that is cut short, lost on its way or tried again is there once; in virtual time."""

import asyncio

import pytest

from chathakase.core.types import Outcome
from tests.slack.replies.desk import EDIT, PARAGRAPH, POST, READ, STATUS, Desk, grow

pytestmark = pytest.mark.virtual_time


async def test_a_first_post_of_which_nobody_heard_gets_the_final_text(desk: Desk) -> None:
    async with desk.reply() as reply:
        desk.faults.lose_answer(POST)
        await reply.ready()
        assert not await reply.show("Half")
        await reply.finish("Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert (len(desk.times(POST)), len(desk.times(READ))) == (1, 1)


async def test_a_first_post_that_comes_late_leaves_no_twin(desk: Desk) -> None:
    async with desk.reply() as reply:
        desk.faults.lose_call(POST)
        await grow(reply, "Half", "Half and")
        (posted,) = desk.messages()
        # Slack was slow: what seemed lost comes now.
        same = {"thread_ts": posted.thread_ts, "metadata": posted.metadata}
        desk.slack.world.post(posted.channel, posted.user, "Half", **same)
        await reply.finish("Half and whole.")
    assert desk.shown() == ["Half and whole."]


@pytest.mark.parametrize("done", [True, False])
async def test_the_end_comes_after_a_show_that_was_cut_short(desk: Desk, done: bool) -> None:
    async with desk.reply() as reply:
        desk.faults.hang(POST, done=done)
        showing = asyncio.create_task(reply.show("Half"))
        await asyncio.sleep(1.0)
        showing.cancel()
        await reply.finish("Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert len(desk.messages()) == 1


async def test_an_end_that_was_cut_short_is_found_by_another_end(desk: Desk) -> None:
    async with desk.reply() as reply:
        desk.faults.hang(POST, done=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await reply.finish("The answer.")
        assert await reply.settled()
        await reply.finish("Taken back.", outcome=Outcome.STOPPED)
    assert desk.shown() == ["Taken back."]


async def test_where_nothing_was_posted_nothing_is_there_to_be_ended(desk: Desk) -> None:
    async with desk.reply() as reply:
        assert not await reply.settled()
    assert desk.slack.journal.calls() == []


async def test_whoever_leaves_while_somebody_gives_up_keeps_no_call_for_it(desk: Desk) -> None:
    entered = asyncio.Event()

    async def leave() -> None:
        async with desk.reply() as reply:
            await asyncio.sleep(0.5)
            await grow(reply, "Half")
            desk.faults.hang(STATUS)
            entered.set()

    leaving = asyncio.create_task(leave())
    await entered.wait()
    await asyncio.sleep(0.1)
    leaving.cancel()
    await asyncio.wait([leaving])
    # The desk finds no call that is kept.
    assert desk.rate_limiter.interval(EDIT) == 1.0


async def test_another_try_replaces_what_the_first_has_shown(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, PARAGRAPH * 5, PARAGRAPH * 10)
    refs = [message.ts for message in desk.messages()]
    async with desk.reply(refs=refs, resumed=True) as again:
        await grow(again, "Another")
        assert desk.shown() == ["Another"]
        await again.finish("Another answer.")
    assert [message.ts for message in desk.messages()] == refs[:1]
    assert desk.shown() == ["Another answer."]


async def test_what_the_first_has_shown_is_gone_before_another_text_stands_above_it(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, PARAGRAPH * 5, PARAGRAPH * 10)
    refs = [message.ts for message in desk.messages()]
    async with desk.reply(refs=refs, resumed=True) as again:
        desk.faults.delay(EDIT, 5.0)
        growing = asyncio.create_task(grow(again, "Another"))
        await asyncio.sleep(3.0)
        assert [message.ts for message in desk.messages()] == refs[:1]
        await growing
        await again.finish("Another answer.")


async def test_another_try_takes_back_a_status_that_the_first_has_left(desk: Desk) -> None:
    await desk.statuses.show(desk.place)
    async with desk.reply(resumed=True) as again:
        desk.faults.hang(POST)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await again.finish("The answer.")
    assert desk.status() == ""


async def test_a_file_of_an_earlier_try_stands_for_no_other_text() -> None:
    desk, beginning = Desk(most_pages=1), PARAGRAPH * 5

    async def finish(text: str) -> list[str]:
        async with desk.reply(refs=[message.ts for message in desk.messages()[:1]], resumed=True) as reply:
            await reply.finish(text)
        files = [file for message in desk.messages() for file in message.files]
        return [desk.slack.world.files.content(file).decode() for file in files]

    assert await finish(f"{beginning}I am restarting.") == [f"{beginning}I am restarting."]
    assert (await finish(f"{beginning}The end."))[1:] == [f"{beginning}The end."]
    assert (await finish(f"{beginning}The end."))[1:] == [f"{beginning}The end."], "it is there already"
