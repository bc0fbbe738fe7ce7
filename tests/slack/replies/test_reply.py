"""How an answer ends: its whole text, at once or as soon as Slack takes it; in virtual time."""

import asyncio

import pytest

from chathakase.clock import monotonic as now
from chathakase.core.types import Outcome, TurnAction
from tests.slack.replies.desk import EDIT, PARAGRAPH, POST, Desk, failure, grow

pytestmark = pytest.mark.virtual_time


async def test_a_quick_answer_is_one_post_and_no_status(desk: Desk) -> None:
    async with desk.reply() as reply:
        await asyncio.sleep(0.3)
        await reply.finish("Hello.")
    assert desk.shown() == ["Hello."]
    assert [call.method for call in desk.slack.journal.calls()] == [POST]


async def test_a_final_text_is_written_as_soon_as_slack_takes_it_again(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "Half")
        await asyncio.sleep(5.0)
        desk.faults.rate_limit(EDIT, retry_after=20)
        assert not await reply.show("Half and")
        await reply.finish("Half and whole.")
    assert desk.times(EDIT) == [5.0, 25.0]
    assert desk.shown() == ["Half and whole."]


async def test_a_final_text_is_written_though_slack_fails_for_minutes(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "Half")
        desk.faults.http_error(EDIT, times=10)
        await reply.finish("Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert now() == 151.5


async def test_a_final_text_that_was_shown_already_only_loses_its_button(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "Whole.")
        assert "chathakase_stop" in str(desk.messages()[0].blocks)
        await reply.finish("Whole.")
    assert [block["type"] for block in desk.messages()[0].blocks] == ["markdown"]
    assert len(desk.times(EDIT)) == 1


async def test_below_a_final_text_stands_what_is_on_offer(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "Half")
        await reply.finish("Half", outcome=Outcome.STOPPED, offer=TurnAction.CONTINUE, footnotes=("small print",))
    blocks = desk.messages()[0].blocks
    assert [block["type"] for block in blocks] == ["markdown", "context", "actions"]
    assert "chathakase_continue" in str(blocks[2])


async def test_an_answer_that_slack_refuses_for_good_is_not_delivered(desk: Desk) -> None:
    async with desk.reply() as reply:
        desk.slack.world.change_conversation(desk.place.channel, is_archived=True)
        assert str(await failure(reply.finish("Hello."))) == "is_archived"
    assert desk.shown() == []


async def test_an_answer_without_words_still_ends(desk: Desk) -> None:
    async with desk.reply() as reply:
        await reply.finish("", outcome=Outcome.STOPPED)
    assert len(desk.messages()) == 1


async def test_when_its_newest_message_was_posted_is_known(desk: Desk) -> None:
    async with desk.reply() as reply:
        assert reply.posted_at == 0
        await asyncio.sleep(5.0)
        await reply.finish("Hello.")
    assert reply.posted_at == 1_700_000_005_000_000


async def test_what_is_too_long_for_messages_is_attached() -> None:
    desk = Desk(most_pages=1)
    text = PARAGRAPH * 10
    async with desk.reply() as reply:
        await grow(reply, text[:3_000], text[:6_000])
        await reply.finish(text)
    page, file = desk.messages()
    assert page.text.startswith("Some words")
    assert file.text.startswith("This answer is long")
    assert desk.slack.world.files.content(file.files[0]).decode() == text


async def test_where_no_files_are_taken_it_goes_on_in_messages() -> None:
    desk = Desk(most_pages=1)
    desk.faults.slack_error("files.getUploadURLExternal", "missing_scope")
    text = PARAGRAPH * 10
    async with desk.reply() as reply:
        await grow(reply, text[:5_000])
        await reply.finish(text)
    assert len(desk.messages()) == 3
    assert "".join(desk.shown()).split() == text.split()


async def test_while_it_grows_no_more_pages_are_shown_than_may_stand(desk: Desk) -> None:
    desk = Desk(most_pages=2)
    async with desk.reply() as reply:
        for count in range(2, 14, 2):
            await grow(reply, PARAGRAPH * count)
        assert len(desk.messages()) == 2
        await reply.finish("Short.")
