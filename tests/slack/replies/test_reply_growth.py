"""What people see while an answer grows: a status, first words, and more every second; in virtual time."""

import asyncio
from itertools import pairwise

import pytest

from chathakase.clock import monotonic as now
from chathakase.slack.own_messages import PLACEHOLDER
from tests.slack.replies.desk import ALICE, DELETE, EDIT, PARAGRAPH, POST, STATUS, THINKING, Desk, grow

pytestmark = pytest.mark.virtual_time


def without_statuses(desk: Desk) -> None:
    for method in (STATUS, "agents.sessions.setStatus"):
        desk.faults.slack_error(method, "unknown_method")


async def test_first_words_replace_the_status(desk: Desk) -> None:
    async with desk.reply() as reply:
        await asyncio.sleep(1.0)
        assert (desk.status(), desk.shown()) == (THINKING, [])
        await grow(reply, "Half")
        assert (desk.status(), desk.shown()) == ("", ["Half"])
        await asyncio.sleep(200.0)
        assert desk.status() == ""
        await reply.finish("Half and whole.")


async def test_the_final_text_replaces_the_status_where_nothing_came_before(desk: Desk) -> None:
    async with desk.reply() as reply:
        await asyncio.sleep(1.0)
        await reply.finish("Whole.")
        assert (desk.status(), desk.shown()) == ("", ["Whole."])


async def test_a_reply_without_an_end_leaves_no_status_behind(desk: Desk) -> None:
    async with desk.reply():
        await asyncio.sleep(1.0)
    assert (desk.status(), desk.shown()) == ("", [])


async def test_where_there_are_no_statuses_first_words_replace_a_placeholder(desk: Desk) -> None:
    without_statuses(desk)
    async with desk.reply() as reply:
        await asyncio.sleep(1.0)
        assert desk.shown() == [PLACEHOLDER]
        await grow(reply, "Half")
        assert desk.shown() == ["Half"]
        await reply.finish("Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert desk.times(POST) == [0.4]


async def test_words_that_come_while_the_placeholder_is_on_its_way_are_no_second_message(desk: Desk) -> None:
    without_statuses(desk)
    desk.faults.delay(POST, 2.0)
    async with desk.reply() as reply:
        await asyncio.sleep(1.0)
        await reply.finish("Whole.")
    assert desk.shown() == ["Whole."]
    assert (desk.times(POST), desk.times(EDIT)) == ([2.4], [2.4])


async def test_where_not_even_a_placeholder_is_taken_the_answer_is_posted_all_the_same(desk: Desk) -> None:
    without_statuses(desk)
    desk.faults.http_error(POST)
    async with desk.reply() as reply:
        await asyncio.sleep(1.0)
        assert desk.shown() == []
        await reply.finish("Whole.")
    assert desk.shown() == ["Whole."]


async def test_a_text_that_is_taken_back_leaves_a_placeholder(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, PARAGRAPH * 5, PARAGRAPH * 10)
        assert len(desk.messages()) == 3
        await grow(reply, "")
        assert desk.shown() == [PLACEHOLDER]
        await reply.finish("Another answer.")
    assert desk.shown() == ["Another answer."]


async def test_the_first_words_go_at_once_and_then_one_edit_a_second(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, *("word " * count for count in range(1, 7)))
        await reply.finish("word " * 7)
    assert desk.times(POST) == [0.0]
    assert desk.times(EDIT) == [1.0, 2.0, 3.0, 4.0, 5.0, 5.0]


async def test_the_second_begins_when_slack_has_answered(desk: Desk) -> None:
    desk.faults.slow = 0.25
    async with desk.reply() as reply:
        await grow(reply, "a", "a b", "a b c")
        await reply.finish("a b c d")
    assert (desk.times(POST), desk.times(EDIT)) == ([0.25], [1.5, 2.75, 3.0])


async def test_one_write_is_under_way_at_a_time(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "a")
        desk.faults.slow = 2.0
        showing = asyncio.create_task(reply.show("a b"))
        await asyncio.sleep(0.5)
        await reply.finish("a b c")
        assert showing.done()
    # The end waits for what is on its way, which else might arrive after it.
    assert desk.times(EDIT) == [2.0, 4.0]
    assert desk.shown() == ["a b c"]


async def test_a_show_that_failed_is_repaired_by_the_next(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "a")
        desk.faults.http_error(EDIT)
        assert not await reply.show("a b")
        await reply.ready()
        assert await reply.show("a b")
        assert desk.shown() == ["a b"]
        await reply.finish("a b c")


async def test_an_error_of_our_own_in_a_show_is_not_worth_a_turn(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    async def members() -> frozenset[str]:
        raise RuntimeError("secret words")

    async with desk.reply(members=members) as reply:
        assert not await reply.show("Hello <@U0ALICE001>")
        assert "RuntimeError" in caplog.text
        assert "secret" not in caplog.text
        await reply.finish("Hello.")
    assert desk.shown() == ["Hello."]


async def test_a_page_that_is_full_is_never_edited_again(desk: Desk) -> None:
    text = PARAGRAPH * 14
    steps = range(len(PARAGRAPH), len(text), len(PARAGRAPH))
    edited: dict[str, list[float]] = {}
    async with desk.reply() as reply:
        for step in steps:
            await grow(reply, text[:step])
        await reply.finish(text)
    for call in desk.slack.journal.calls(EDIT):
        edited.setdefault(str(call.arguments["ts"]), []).append(call.at)
    pages = [message.ts for message in desk.messages()]
    assert len(pages) == 4
    for page, following in pairwise(pages):
        # One page is at its end before the next begins.
        assert max(edited[page]) <= float(following) + 0.001
    assert "".join(desk.shown()).split() == text.split()


async def test_nobody_is_mentioned_who_takes_no_part(desk: Desk) -> None:
    asked = list[float]()

    async def members() -> frozenset[str]:
        asked.append(now())
        return frozenset({ALICE})

    text = f"Hello <@{ALICE}> and <@U0BOB00001>."
    async with desk.reply(members=members) as reply:
        await grow(reply, "Hello", text)
        await reply.finish(text)
    (message,) = desk.messages()
    assert f"<@{ALICE}>" in message.text
    assert "<@U0BOB00001>" not in message.text
    # Who takes part is asked for once, and only where somebody is mentioned.
    assert asked == [1.0]


async def test_pages_are_removed_when_the_text_has_become_shorter(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, PARAGRAPH * 5, PARAGRAPH * 10)
        assert len(desk.messages()) == 3
        await reply.finish("Short.")
    assert desk.shown() == ["Short."]
    assert len(desk.times(DELETE)) == 2


async def test_where_nobody_is_to_see_it_grow_it_is_posted_when_it_is_whole() -> None:
    desk = Desk(interim=False)
    async with desk.reply() as reply:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60.0):
                await reply.ready()
        await reply.finish("Whole.")
    assert (desk.times(POST), desk.times(EDIT)) == ([60.0], [])


async def test_where_slack_takes_nothing_nothing_is_shown_before_the_end(desk: Desk) -> None:
    async with desk.reply() as reply:
        desk.faults.slack_error(POST, "channel_not_found")
        await grow(reply, "Half")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60.0):
                await reply.ready()
        await reply.finish("Whole.")
    assert desk.shown() == ["Whole."]


async def test_where_slack_cannot_edit_the_rest_is_posted_at_the_end(desk: Desk) -> None:
    async with desk.reply() as reply:
        await grow(reply, "Half")
        desk.faults.slack_error(EDIT, "unknown_method", times=2)
        await grow(reply, "Half and")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60.0):
                await reply.ready()
        await reply.finish("Half and whole.")
    assert desk.shown() == ["Half and whole."]
