"""The messages of one reply: each written once, edited from then on, and found again when it is doubtful."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from unittest.mock import patch

import pytest

from chathakase.clock import monotonic as now
from chathakase.core.errors import StoreError
from chathakase.core.types import TurnAction
from chathakase.slack.replies.messages import Footer
from chathakase.slack.replies.page_writer import EMPTIED, PageWriter
from chathakase.slack.web.rate_limiter import Priority
from tests.slack.replies.desk import DELETE, DIRECT, EDIT, POST, READ, RUN_ID, START, STOP, Desk, failure

pytestmark = pytest.mark.virtual_time

FINAL, INTERIM = Priority.FINAL, Priority.INTERIM


async def write(writer: PageWriter, *texts: str, priority: Priority = FINAL) -> None:
    """Write the pages of a text."""
    for number, text in enumerate(texts):
        await writer.write(writer.post_of(number, text), priority)


def noted(told: list[Sequence[str]]) -> Callable[[Sequence[str]], Awaitable[None]]:
    """Take note of what is told."""

    async def note(refs: Sequence[str]) -> None:
        told.append(refs)

    return note


async def test_a_page_is_posted_once_and_then_edited(desk: Desk) -> None:
    writer = desk.writer()
    for text in ("Half", "Half and", "Half and whole."):
        await write(writer, text)
    assert desk.shown() == ["Half and whole."]
    assert (len(desk.times(POST)), len(desk.times(EDIT))) == (1, 2)


async def test_a_page_that_shows_it_already_is_not_written_again(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "Full.", "Half")
    await write(writer, "Full.", "Half and whole.")
    assert desk.shown() == ["Full.", "Half and whole."]
    assert (len(desk.times(POST)), len(desk.times(EDIT))) == (2, 1)
    assert writer.shows(0, "Full.")
    assert not writer.shows(1, "Half")


async def test_a_button_that_is_taken_away_is_a_change(desk: Desk) -> None:
    writer = desk.writer()
    await writer.write(writer.post_of(0, "Full.", Footer(TurnAction.STOP)), FINAL)
    assert not writer.shows(0, "Full.")
    await write(writer, "Full.")
    assert [[block["type"] for block in message.blocks] for message in desk.messages()] == [["markdown"]]


@pytest.mark.parametrize("fault", ["limit", "break", "lose the call", "lose the answer"])
async def test_an_edit_that_failed_is_repaired_by_the_next(desk: Desk, fault: str) -> None:
    writer = desk.writer()
    await write(writer, "Half")
    {
        "limit": lambda: desk.faults.rate_limit(EDIT, retry_after=2),
        "break": lambda: desk.faults.http_error(EDIT),
        "lose the call": lambda: desk.faults.lose_call(EDIT),
        "lose the answer": lambda: desk.faults.lose_answer(EDIT),
    }[fault]()
    assert (await failure(write(writer, "Half and", priority=INTERIM))).passes
    # What the message shows is not known now, so even the same words are written again.
    await asyncio.sleep(10.0)
    await write(writer, "Half and", priority=INTERIM)
    assert desk.shown() == ["Half and"]
    assert len(desk.times(EDIT)) == 2


async def test_a_final_post_of_which_nobody_heard_is_found_and_edited(desk: Desk) -> None:
    desk.faults.lose_answer(POST)
    writer = desk.writer()
    await write(writer, "The answer.")
    assert desk.shown() == ["The answer."]
    assert (desk.times(POST), desk.times(READ), desk.times(EDIT)) == ([0.0], [0.5], [0.5])
    assert list(writer.refs) == [desk.messages()[0].ts]


async def test_a_final_post_that_was_lost_on_its_way_is_made_again(desk: Desk) -> None:
    desk.faults.lose_call(POST)
    await write(desk.writer(), "The answer.")
    assert desk.shown() == ["The answer."]
    assert desk.times(POST) == [0.0, 0.5]


async def test_an_interim_post_of_which_nobody_heard_is_found_by_the_next_write(desk: Desk) -> None:
    desk.faults.lose_answer(POST)
    writer = desk.writer()
    assert (await failure(write(writer, "Half", priority=INTERIM))).unsure
    await write(writer, "Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert len(desk.times(POST)) == 1


async def test_a_post_that_comes_late_is_swept_away(desk: Desk) -> None:
    desk.faults.lose_call(POST)
    writer = desk.writer()
    await write(writer, "The answer.")
    (posted,) = desk.messages()
    # Slack was slow: what seemed lost comes now.
    same = {"thread_ts": posted.thread_ts, "metadata": posted.metadata}
    desk.slack.world.post(posted.channel, posted.user, posted.text, **same)
    assert len(desk.messages()) == 2
    await writer.sweep()
    assert desk.messages() == [posted]


@pytest.mark.parametrize("done", [True, False])
async def test_a_post_that_was_cut_short_is_looked_for_before_it_is_made_again(desk: Desk, done: bool) -> None:
    desk.faults.hang(POST, done=done)
    writer = desk.writer()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.0):
            await write(writer, "The answer.")
    await writer.recover()
    assert list(writer.refs) == [message.ts for message in desk.messages()]
    assert len(writer.refs) == done
    await write(writer, "Taken back.")
    assert desk.shown() == ["Taken back."]


async def test_what_was_found_is_known_even_if_it_cannot_be_edited_yet(desk: Desk) -> None:
    desk.faults.lose_answer(POST)
    desk.faults.hang(EDIT)
    writer = desk.writer()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2.0):
            await write(writer, "The answer.")
    assert list(writer.refs) == [message.ts for message in desk.messages()]
    await write(writer, "Taken back.")
    assert desk.shown() == ["Taken back."]


async def test_what_is_posted_anew_is_never_mistaken_for_what_it_replaces(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "Half")
    desk.faults.slack_error(EDIT, "edit_window_closed")
    desk.faults.lose_answer(POST)
    await write(writer, "Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert list(writer.refs) == [message.ts for message in desk.messages()]


async def test_nothing_is_looked_for_where_nothing_was_doubtful(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "The answer.")
    await writer.sweep()
    assert desk.times(READ) == []


async def test_another_try_goes_on_in_the_messages_of_the_first(desk: Desk) -> None:
    await write(desk.writer(), "Half", "of it")
    refs = [message.ts for message in desk.messages()]
    again = desk.writer(refs=refs, resumed=True)
    await write(again, "Another", "answer.")
    assert desk.shown() == ["Another", "answer."]
    assert [message.ts for message in desk.messages()] == refs


async def test_another_try_finds_the_message_of_which_the_first_did_not_hear(desk: Desk) -> None:
    await write(desk.writer(), "Half")
    again = desk.writer(resumed=True)
    await again.recover()
    assert list(again.refs) == [desk.messages()[0].ts]
    await write(again, "The answer.")
    assert desk.shown() == ["The answer."]
    assert len(desk.times(POST)) == 1


async def test_another_try_that_finds_nothing_posts(desk: Desk) -> None:
    again = desk.writer(resumed=True)
    await again.recover()
    await write(again, "The answer.")
    assert desk.shown() == ["The answer."]


async def test_pages_that_the_text_no_longer_needs_are_removed(desk: Desk) -> None:
    told = list[Sequence[str]]()
    writer = desk.writer(posted=noted(told))
    await write(writer, "One", "two", "three")
    await writer.keep(1)
    assert desk.shown() == ["One"]
    assert told[-1] == (desk.messages()[0].ts,)
    await writer.keep(1)
    assert len(desk.times(DELETE)) == 2
    await write(writer, "One", "2")
    assert desk.shown() == ["One", "2"]


async def test_a_page_that_cannot_be_removed_is_emptied(desk: Desk) -> None:
    writer = desk.writer()
    await writer.write(writer.post_of(0, "One"), FINAL)
    await writer.write(writer.post_of(1, "two", Footer(TurnAction.STOP)), FINAL)
    desk.faults.slack_error(DELETE, "cant_delete_message")
    await writer.keep(1)
    assert desk.shown() == ["One", EMPTIED]
    assert [block["type"] for block in desk.messages()[1].blocks] == ["markdown"]


async def test_a_page_that_can_be_neither_removed_nor_emptied_is_no_reason_to_stop(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "One", "two")
    desk.faults.slack_error(DELETE, "cant_delete_message")
    desk.faults.slack_error(EDIT, "cant_update_message")
    await writer.keep(1)
    assert desk.shown() == ["One", "two"]
    assert len(writer.refs) == 1


async def test_a_page_that_somebody_else_has_removed_is_no_trouble(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "One", "two")
    desk.slack.world.delete(desk.messages()[1])
    await writer.keep(1)
    assert (desk.shown(), len(desk.times(EDIT))) == (["One"], 0)


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed", "cant_update_message"])
async def test_a_final_text_whose_message_cannot_be_edited_is_posted_anew(desk: Desk, error: str) -> None:
    told = list[Sequence[str]]()
    writer = desk.writer(posted=noted(told))
    await write(writer, "Half")
    desk.faults.slack_error(EDIT, error)
    await write(writer, "Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert told[-1] == (desk.messages()[0].ts,)


async def test_an_interim_text_whose_message_is_gone_is_not_posted_anew(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "Half")
    desk.slack.world.delete(desk.messages()[0])
    assert str(await failure(write(writer, "Half and", priority=INTERIM))) == "message_not_found"
    assert desk.shown() == []


async def test_a_place_that_takes_nothing_gets_nothing_anew(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "Half")
    desk.faults.slack_error(EDIT, "is_archived")
    assert str(await failure(write(writer, "Half and whole."))) == "is_archived"
    assert len(desk.times(POST)) == 1


async def test_a_server_that_cannot_edit_is_known_from_then_on(desk: Desk) -> None:
    writer = desk.writer()
    await write(writer, "Half")
    desk.faults.slack_error(EDIT, "unknown_method")
    await failure(write(writer, "Half and", priority=INTERIM))
    assert not writer.is_editable
    assert not desk.writer().is_editable


async def test_blocks_that_slack_did_not_take_are_tried_again_only_at_the_end(desk: Desk) -> None:
    writer = desk.writer()
    desk.faults.dislike("half", "invalid_blocks")
    for text in ("**half", "**half a", "**half a t"):
        await write(writer, text, priority=INTERIM)
    assert desk.errors() == [f"{POST} invalid_blocks"]
    await write(writer, "**A whole** text.")
    assert desk.shown() == ["**A whole** text."]


async def test_a_message_that_is_still_streamed_is_ended_and_edited(desk: Desk) -> None:
    desk.place = desk.asked(DIRECT)
    body = {"channel": DIRECT, "thread_ts": desk.place.thread, "markdown_text": "Half"}
    ts = str((await desk.slack.client.api_call(START, json=body))["ts"])
    await write(desk.writer(refs=(ts,), resumed=True, streams=True), "Half and whole.")
    assert desk.shown() == ["Half and whole."]
    assert [call.ok for call in desk.slack.journal.calls(STOP)] == [True]


async def test_a_page_of_which_slack_holds_less_is_written_twice(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    call = desk.slack.client.api_call

    async def shortened(method: str, *, json: dict[str, Any]) -> Any:
        return await call(method, json=json | {"text": "The"} | {"blocks": [{"type": "markdown", "text": "The"}]})

    writer = desk.writer()
    with patch.object(desk.slack.client, "api_call", shortened):
        await write(writer, "The answer.")
    assert (len(desk.times(POST)), len(desk.times(EDIT))) == (1, 2)
    assert "stored less of page 0" in caplog.text
    assert "The answer" not in caplog.text
    # It is not taken for written.
    await write(writer, "The answer.")
    assert desk.shown() == ["The answer."]


async def test_whoever_wants_to_know_hears_of_each_message_before_the_next_is_written(desk: Desk) -> None:
    told = list[Sequence[str]]()
    writer = desk.writer(posted=noted(told))
    await write(writer, "One", "two")
    first, second = [message.ts for message in desk.messages()]
    assert told == [(first,), (first, second)]


async def test_an_answer_goes_on_though_its_messages_cannot_be_noted(desk: Desk) -> None:
    async def fails(refs: Sequence[str]) -> None:
        raise StoreError("disk full")

    await write(desk.writer(posted=fails), "One", "two")
    assert desk.shown() == ["One", "two"]


async def test_a_final_post_that_breaks_slack_twice_is_sent_plainer(desk: Desk) -> None:
    desk.faults.dislike("answer", "internal_error")
    await write(desk.writer(), "**The** answer.")
    assert desk.shown() == ["The answer."]
    assert desk.times(POST) == [0.0, 0.5, 1.5]


async def test_an_hour_of_doubt_is_the_end_of_it(desk: Desk) -> None:
    desk.faults.lose_call(POST, times=1_000)
    error = await failure(write(desk.writer(), "The answer."))
    assert (error.passes, error.unsure) == (False, False)
    assert 3_600.0 <= now() <= 3_630.0


async def test_the_answer_to_a_command_has_nothing_below_it(desk: Desk) -> None:
    writer = desk.writer(is_turn=False)
    await writer.write(writer.post_of(0, "Done.", Footer(TurnAction.RETRY)), FINAL)
    assert [block["type"] for block in desk.messages()[0].blocks] == ["markdown"]
    assert desk.messages()[0].metadata == {
        "event_type": "chathakase_reply",
        "event_payload": {"turn": RUN_ID.turn, "page": 0},
    }
