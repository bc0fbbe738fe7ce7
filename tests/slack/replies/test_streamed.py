"""An answer by Slack's own streams: how it grows, is ended, and goes on by edits where a stream fails."""

import asyncio

import pytest

from chathakase.clock import monotonic as now
from chathakase.core.types import Outcome, TurnAction
from chathakase.slack.own_messages import PLACEHOLDER
from chathakase.slack.replies.streamed import StreamedReply
from chathakase.slack.web.rate_limits import LIMITS, Limit
from tests.slack.replies.desk import APPEND, DIRECT, EDIT, PARAGRAPH, POST, RUN_ID, START, STATUS, STOP, Desk, grow

pytestmark = pytest.mark.virtual_time

SESSION = "agents.sessions.setStatus"


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    """In a direct message, where streams are."""
    desk.place = desk.asked(DIRECT)
    return desk


@pytest.fixture
async def reply(desk: Desk) -> StreamedReply:
    return desk.streamed(desk.place)


def methods(desk: Desk) -> list[str]:
    """What Slack was asked to do, but for statuses."""
    return [call.method for call in desk.slack.journal.calls() if not call.method.endswith("setStatus")]


def appended(desk: Desk) -> list[str]:
    """What was added to the stream each time."""
    calls = [call for call in desk.slack.journal.calls() if call.method in (START, APPEND, STOP)]
    return [call.arguments.get("markdown_text", "") for call in calls]


async def test_it_grows_by_what_is_added_once_a_second_and_is_then_ended(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ", "One. Two. ", "One. Two. Three. ")
        await reply.finish("One. Two. Three. Four.")
    assert methods(desk) == [START, APPEND, APPEND, STOP]
    assert (desk.times(START), desk.times(APPEND), desk.times(STOP)) == ([0.0], [1.0, 2.0], [2.0])
    assert "".join(appended(desk)) == "One. Two. Three. Four."
    assert desk.shown() == ["One. Two. Three. Four."]


async def test_its_end_has_the_name_and_what_is_on_offer(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
        await reply.finish("One. Two.", outcome=Outcome.STOPPED, offer=TurnAction.CONTINUE, footnotes=("small print",))
    (message,) = desk.messages()
    assert [block["type"] for block in message.blocks] == ["markdown", "context", "actions"]
    assert message.metadata == {"event_type": "chathakase_reply", "event_payload": {"turn": RUN_ID.turn, "page": 0}}


async def test_what_may_still_change_is_not_added_yet(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "Some *wo", "Some *words* m", "Some *words* more")
        assert all("*wo" not in text or "*words*" in text for text in appended(desk))
        await reply.finish("Some *words* more.")
    assert desk.shown() == ["Some *words* more."]


async def test_an_answer_that_never_grew_is_one_post(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await reply.finish("Whole.")
    assert methods(desk) == [POST]


@pytest.mark.parametrize("error", ["message_not_in_streaming_state", "stopped_by_user", "internal_error"])
async def test_a_stream_that_fails_goes_on_by_edits_of_its_message(
    desk: Desk, reply: StreamedReply, error: str
) -> None:
    async with reply:
        await grow(reply, "One. ")
        desk.faults.slack_error(APPEND, error)
        await grow(reply, "One. Two. ", "One. Two. Three. ")
        assert desk.shown() == ["One. Two. Three."]
        await reply.finish("One. Two. Three. Four.")
    assert desk.shown() == ["One. Two. Three. Four."]
    assert len(desk.times(START)) == 1
    assert desk.times(POST) == []


async def test_a_stream_that_cannot_be_started_is_a_reply_that_grows_by_edits(desk: Desk, reply: StreamedReply) -> None:
    desk.faults.slack_error(START, "channel_type_not_supported")
    async with reply:
        await grow(reply, "One. ", "One. Two. ")
        assert desk.shown() == ["One. Two."]
        await reply.finish("One. Two. Three.")
    assert methods(desk) == [START, POST, EDIT, EDIT]
    assert desk.shown() == ["One. Two. Three."]


async def test_a_stream_for_which_there_is_no_room_now_goes_on_later(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
        desk.rate_limiter.refused(APPEND, "", retry_after=10.0)
        assert not await reply.show("One. Two. ")
        await grow(reply, "One. Two. ")
        await reply.finish("One. Two. Three.")
    assert methods(desk) == [START, APPEND, STOP]
    # Besides the ten seconds, those in which the reserve has filled again.
    assert desk.times(APPEND) == [13.6]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("text", ["One. ", "x < **y** & `z`. ", "See [the page](https://a.example/b?c=d) there. "])
async def test_a_start_of_which_nobody_heard_is_looked_for(
    desk: Desk, reply: StreamedReply, text: str, done: bool
) -> None:
    async with reply:
        (desk.faults.lose_answer if done else desk.faults.lose_call)(START)
        await grow(reply, text)
        assert desk.shown() == [text.strip()]
        await grow(reply, f"{text}Two. ")
        await reply.finish(f"{text}Two. Three.")
    assert desk.shown() == [f"{text}Two. Three."]
    assert len(desk.times(POST)) == (0 if done else 1)


async def test_an_addition_of_which_nobody_heard_is_not_added_twice(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
        desk.faults.lose_answer(APPEND)
        await grow(reply, "One. Two. ", "One. Two. Three. ")
        await reply.finish("One. Two. Three. Four.")
    assert desk.shown() == ["One. Two. Three. Four."]


@pytest.mark.parametrize("done", [True, False])
async def test_an_end_of_which_nobody_heard_is_followed_by_an_edit(
    desk: Desk, reply: StreamedReply, done: bool
) -> None:
    async with reply:
        await grow(reply, "One. ")
        (desk.faults.lose_answer if done else desk.faults.lose_call)(STOP)
        await reply.finish("One. Two.")
    assert desk.shown() == ["One. Two."]
    assert methods(desk)[-1] == EDIT
    assert not desk.slack.world.streams.all()


async def test_a_stream_that_slack_would_end_soon_goes_on_in_a_new_message(desk: Desk, reply: StreamedReply) -> None:
    text = ""
    async with reply:
        for number in range(60):
            text += f"Sentence {number}. "
            await grow(reply, text)
            await asyncio.sleep(9.0)
        await reply.finish(text)
    assert desk.errors() == []
    assert len(desk.times(START)) == 3
    assert desk.times(START)[0] == 0.0
    # Slack itself ends one after 300 seconds.
    first, second, third = desk.times(START)
    assert 240.0 < second - first < 300.0
    assert 240.0 < third - second < 300.0
    assert " ".join(desk.shown()).split() == text.split()


async def test_a_page_that_is_full_is_ended_before_the_next_is_started(desk: Desk, reply: StreamedReply) -> None:
    text = PARAGRAPH * 11
    async with reply:
        for count in range(1, 12):
            await grow(reply, PARAGRAPH * count)
        await reply.finish(text)
    assert [method for method in methods(desk) if method != APPEND] == [START, STOP] * 3
    assert desk.errors() == []
    assert "".join(desk.shown()).split() == text.split()


async def test_a_streamed_answer_that_is_too_long_is_ended_and_attached() -> None:
    desk = Desk(most_pages=1)
    desk.place = desk.asked(DIRECT)
    text = PARAGRAPH * 8
    async with desk.streamed(desk.place) as reply:
        await grow(reply, PARAGRAPH * 3, PARAGRAPH * 6)
        await reply.finish(text)
    page, file = desk.messages()
    assert page.text.startswith("Some words")
    assert desk.slack.world.files.content(file.files[0]).decode() == text
    assert not desk.slack.world.streams.all()


async def test_what_was_streamed_is_taken_back_by_edits(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. Two. ", "Another beginning. ")
        assert desk.shown() == ["Another beginning."]
        await reply.finish("Another beginning. And an end.")
    assert methods(desk) == [START, STOP, EDIT, EDIT]
    assert desk.shown() == ["Another beginning. And an end."]


async def test_a_page_that_begins_like_the_first_is_not_mistaken_for_it(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, PARAGRAPH * 3, PARAGRAPH * 6)
        assert len(desk.messages()) == 2
        await grow(reply, PARAGRAPH * 3)
        assert "".join(desk.shown()).split() == (PARAGRAPH * 3).split()
        await reply.finish(PARAGRAPH * 3)


async def test_where_a_placeholder_stands_it_is_edited(desk: Desk, reply: StreamedReply) -> None:
    for method in (STATUS, SESSION):
        desk.faults.slack_error(method, "unknown_method")
    async with reply:
        await asyncio.sleep(1.0)
        assert desk.shown() == [PLACEHOLDER]
        await grow(reply, "One. ")
        assert desk.shown() == ["One."]
        await reply.finish("One. Two.")
    assert methods(desk) == [POST, EDIT, EDIT]


async def test_another_try_edits_what_the_first_has_streamed(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
    refs = [message.ts for message in desk.messages()]
    async with desk.streamed(desk.place, refs=refs, resumed=True) as again:
        await grow(again, "Two. ")
        await again.finish("Two. Three.")
    assert desk.shown() == ["Two. Three."]
    assert [message.ts for message in desk.messages()] == refs


async def test_another_try_finds_a_stream_of_which_the_first_did_not_hear(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
    async with desk.streamed(desk.place, resumed=True) as again:
        await again.finish("Two.")
    assert desk.shown() == ["Two."]
    assert desk.times(POST) == []


async def test_what_could_not_be_ended_is_not_started() -> None:
    desk = Desk(limits={**LIMITS, STOP: Limit(burst=1, per_minute=6), START: Limit(burst=6, per_minute=60)})
    first, second = desk.streamed(desk.asked(DIRECT)), desk.streamed(desk.asked("D0BOB00001"))
    async with first, second:
        await grow(first, "One. ")
        await grow(second, "One. ")
        assert methods(desk) == [START, POST]
        await second.finish("One. Two.")
        await first.finish("One. Two.")
    assert methods(desk) == [START, POST, EDIT, STOP]
    assert now() == 0.0


async def test_the_last_words_do_not_wait_for_the_end_of_the_stream(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
        desk.rate_limiter.refused(STOP, "", retry_after=10.0)
        ending = asyncio.create_task(reply.finish("One. Two."))
        await asyncio.sleep(1.0)
        assert desk.shown() == ["One. Two."]
        await ending
    assert desk.times(STOP) == [10.0]


async def test_a_stream_that_was_not_ended_by_its_stop_leaves_nobody_at_work(desk: Desk, reply: StreamedReply) -> None:
    async with reply:
        await grow(reply, "One. ")
        desk.faults.slack_error(APPEND, "message_not_in_streaming_state")
        await grow(reply, "One. Two. ")
        await reply.finish("One. Two. Three.")
    assert desk.slack.journal.calls(STATUS)[-1].arguments["status"] == ""
