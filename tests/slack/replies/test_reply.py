"""One growing answer: its first words, its growth, its end, and what goes wrong in between; in virtual time."""

import asyncio
from itertools import pairwise

import pytest

from chathakase.clock import monotonic as now
from chathakase.core.types import Outcome, TurnAction
from chathakase.slack.own_messages import PLACEHOLDER
from chathakase.slack.replies.reply import SlackReply
from chathakase.slack.web.rate_limiter import Priority
from chathakase.slack.web.rate_limits import LIMITS, Limit
from tests.slack.replies.desk import DELETE, EDIT, POST, READ, STATUS, THINKING, Desk, failure

pytestmark = pytest.mark.virtual_time

CHANNELS = ("C0GENERAL1", "C0RANDOM01", "C0SECRET01", "D0ALICE001", "D0BOB00001", "D0CAROL001")
PARAGRAPH = "Some words that fill a page, and some more. " * 20 + "\n\n"


async def grow(reply: SlackReply, *texts: str) -> None:
    """Show texts as the engine does, whenever Slack can take the next."""
    for text in texts:
        await reply.ready()
        await reply.show(text)


def without_statuses(desk: Desk) -> None:
    for method in (STATUS, "agents.sessions.setStatus"):
        desk.faults.slack_error(method, "unknown_method")


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
    command = SlackReply(desk.delivery.of("bob", at_best=Priority.COMMAND), desk.origin(is_turn=False))
    async with command, desk.reply() as reply:
        answering = asyncio.create_task(command.finish("Done."))
        await asyncio.sleep(0.1)
        await reply.finish("Hello.")
        assert (desk.shown()[4:], now()) == (["Hello."], 0.5)
        await answering
    assert desk.shown()[4:] == ["Hello.", "Done."]


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


async def test_another_try_takes_back_a_status_that_the_first_has_left(desk: Desk) -> None:
    await desk.statuses.show(desk.place)
    async with desk.reply(resumed=True) as again:
        desk.faults.hang(POST)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await again.finish("The answer.")
    assert desk.status() == ""


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
