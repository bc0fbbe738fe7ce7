"""Whatever is written and whatever goes wrong: in the end people read the whole text, once."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chathakase.playground.faults import WRITES, Faults
from chathakase.slack.markdown.pages import Paginator
from chathakase.slack.replies.refusals import MOST_BREAKS
from chathakase.slack.replies.reply import SlackReply
from tests.examples import examples
from tests.slack.replies.desk import DELETE, DIRECT, EDIT, POST, READ, START, STOP, Desk

pytestmark = pytest.mark.virtual_time

PIECES = (
    "word ",
    "words " * 150,
    "**bold** " * 100,
    "_a `b` c_ " * 80,
    "日本語の文 " * 150,
    "x < y & z " * 60,
    "- an item of a list\n" * 40,
    "\n\n",
    "```\n" + "some code\n" * 40 + "```\n",
)
TROUBLES: Sequence[Callable[[Faults], None]] = (
    partial(Faults.rate_limit, method=WRITES, retry_after=2),
    partial(Faults.rate_limit, method=EDIT, retry_after=30),
    partial(Faults.http_error, method=WRITES, times=2),
    partial(Faults.slack_error, method=WRITES, error="internal_error"),
    partial(Faults.lose_call, method=WRITES),
    partial(Faults.lose_answer, method=WRITES),
    partial(Faults.lose_answer, method=POST, times=2),
    partial(Faults.lose_answer, method=START),
    partial(Faults.lose_answer, method=STOP),
    partial(Faults.hang, method=WRITES, done=True),
    partial(Faults.delay, method=WRITES, seconds=5.0),
    partial(Faults.slack_error, method=EDIT, error="message_not_found"),
    partial(Faults.slack_error, method=EDIT, error="edit_window_closed"),
    partial(Faults.slack_error, method=STOP, error="message_not_in_streaming_state"),
    partial(Faults.http_error, method=READ),
    partial(Faults.http_error, method=DELETE),
)

steps = st.lists(
    st.tuples(st.sampled_from(PIECES), st.one_of(st.none(), st.sampled_from(TROUBLES))), min_size=1, max_size=8
)
Steps = Sequence[tuple[str, Callable[[Faults], None] | None]]


def letters(text: str) -> str:
    """What no formatting changes."""
    return "".join(filter(str.isalnum, text.replace("&lt;", "<").replace("&amp;", "&")))


async def write(desk: Desk, reply: SlackReply, made: Steps) -> str:
    """Have a text grow step by step, each with its fault, and end; returns it."""
    text = ""
    async with reply:
        for piece, fault in made:
            text += piece
            if fault is not None:
                fault(desk.faults)
            await reply.ready()
            await reply.show(text)
            assert letters(text).startswith(letters("".join(desk.shown())))
        await reply.finish(text)
    return text


@settings(max_examples=examples(20))
@given(made=steps)
async def test_an_answer_that_grows_by_edits_is_there_in_the_end_page_by_page(made: Steps) -> None:
    desk = Desk(most_pages=20)
    text = await write(desk, desk.reply(), made)
    assert letters("".join(desk.shown())) == letters(text)
    if text.strip() and sum(error.endswith("internal_error") for error in desk.errors()) < MOST_BREAKS:
        assert desk.shown() == [page.markdown for page in Paginator().pages(text, growing=False)]
    assert not [message for message in desk.messages() if "chathakase_stop" in str(message.blocks)]


@settings(max_examples=examples(20))
@given(made=steps)
async def test_an_answer_that_is_streamed_is_there_in_the_end(made: Steps) -> None:
    desk = Desk(most_pages=20)
    desk.place = desk.asked(DIRECT)
    text = await write(desk, desk.streamed(desk.place), made)
    assert letters("".join(desk.shown())) == letters(text)
    assert not desk.slack.world.streams.all()
    assert not [message for message in desk.messages() if "chathakase_stop" in str(message.blocks)]


@settings(max_examples=examples(20))
@given(made=steps)
async def test_where_slack_takes_all_nothing_is_refused_and_nothing_is_written_twice(made: Steps) -> None:
    desk = Desk(most_pages=20)
    await write(desk, desk.reply(), [(piece, None) for piece, _ in made])
    assert desk.errors() == []
    assert len(desk.times(POST)) == len(desk.messages())
    written = [(call.arguments["ts"], str(call.arguments["blocks"])) for call in desk.slack.journal.calls(EDIT)]
    assert len(written) == len(set(written))


@settings(max_examples=examples(20))
@given(made=steps, cut=st.integers(0, 60).map(lambda tenths: tenths / 10), streams=st.booleans())
async def test_an_answer_that_is_cut_short_can_be_taken_back(made: Steps, cut: float, streams: bool) -> None:
    desk = Desk(most_pages=20)
    desk.place = desk.asked(DIRECT)
    text, reply = "", desk.streamed(desk.place) if streams else desk.reply()
    async with reply:
        for piece, fault in made[:-1]:
            text += piece
            if fault is not None:
                fault(desk.faults)
            await reply.ready()
            await reply.show(text)
        piece, fault = made[-1]
        if fault is not None:
            fault(desk.faults)
        with suppress(TimeoutError):
            async with asyncio.timeout(cut):
                await reply.finish(text + piece)
        desk.faults.clear()
        if await reply.settled():
            await reply.finish("Taken back.")
            assert desk.shown() == ["Taken back."]
    assert desk.shown() in (["Taken back."], [])
