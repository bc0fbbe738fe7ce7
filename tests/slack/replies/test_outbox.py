"""Single messages: posted once, edited until they are there, and told to one person; in virtual time."""

import asyncio
import json
from typing import Any
from unittest.mock import patch

import pytest

from chathakase.clock import monotonic as now
from chathakase.core.errors import DeliveryError
from chathakase.core.types import Choice, TurnAction
from chathakase.slack.replies.messages import Footer, is_page
from chathakase.slack.web.rate_limiter import Priority
from tests.slack.replies.desk import ALICE, BOT, DELETE, EDIT, GENERAL, POST, READ, Desk

pytestmark = pytest.mark.virtual_time

EPHEMERAL = "chat.postEphemeral"
FINAL, INTERIM = Priority.FINAL, Priority.INTERIM


async def test_a_message_stands_in_its_thread_with_its_button_and_its_name(desk: Desk) -> None:
    written = await desk.outbox.post(
        desk.post("**hello**", footer=Footer(TurnAction.RETRY, ("small print",))), priority=FINAL
    )
    (message,) = desk.messages()
    assert (message.ts, message.thread_ts) == (written.ts, desk.place.thread)
    assert [block["type"] for block in message.blocks] == ["markdown", "context", "actions"]
    assert message.text == "hello\n\nsmall print"
    assert (written.rich, written.whole) == (True, True)


async def test_an_edit_is_made_again_until_slack_takes_it(desk: Desk) -> None:
    ts = (await desk.outbox.post(desk.post("one"), priority=FINAL)).ts
    desk.faults.http_error(EDIT, 503, times=2)
    desk.faults.lose_answer(EDIT)
    await desk.outbox.update(desk.post("two"), ts, priority=FINAL)
    assert desk.times(EDIT) == [0.0, 0.5, 1.5, 3.5]
    assert desk.shown() == ["two"]


async def test_an_interim_edit_that_fails_is_not_made_again(desk: Desk) -> None:
    ts = (await desk.outbox.post(desk.post("one"), priority=FINAL)).ts
    desk.faults.http_error(EDIT, 503)
    with pytest.raises(DeliveryError) as failed:
        await desk.outbox.update(desk.post("two"), ts, priority=INTERIM)
    assert failed.value.passes
    assert (desk.times(EDIT), desk.shown()) == ([0.0], ["one"])


@pytest.mark.parametrize("priority", [FINAL, INTERIM])
async def test_a_post_of_which_nobody_heard_is_not_made_again_but_can_be_found(desk: Desk, priority: Priority) -> None:
    desk.faults.lose_answer(POST)
    post = desk.post("hello")
    with pytest.raises(DeliveryError) as failed:
        await desk.outbox.post(post, priority=priority)
    assert failed.value.unsure
    (message,) = desk.messages()
    assert await desk.outbox.find(desk.place, lambda each: is_page(each, post), priority=priority) == message.ts


async def test_what_was_not_posted_is_not_found(desk: Desk) -> None:
    post, other = desk.post("hello"), desk.post("hello", number=1)
    await desk.outbox.post(other, priority=FINAL)
    assert await desk.outbox.find(desk.place, lambda each: is_page(each, post), priority=FINAL) is None


async def test_a_look_is_repeated_until_slack_lets_us_look(desk: Desk) -> None:
    post = desk.post("hello")
    ts = (await desk.outbox.post(post, priority=FINAL)).ts
    desk.faults.http_error(READ, 503, times=2)
    assert await desk.outbox.find(desk.place, lambda each: is_page(each, post), priority=FINAL) == ts
    assert desk.times(READ) == [0.0, 0.5, 1.5]


async def test_where_looking_is_never_allowed_there_is_nothing(desk: Desk) -> None:
    desk.faults.slack_error(READ, "missing_scope")
    assert await desk.outbox.find(desk.place, anything, priority=FINAL) is None


async def test_where_looking_is_not_possible_now_that_is_said(desk: Desk) -> None:
    desk.faults.http_error(READ, 503)
    with pytest.raises(DeliveryError) as failed:
        await desk.outbox.find(desk.place, anything, priority=INTERIM)
    assert failed.value.passes


async def test_a_message_far_down_in_a_long_thread_is_found(desk: Desk) -> None:
    for number in range(450):
        desk.slack.world.post(GENERAL, ALICE, str(number), thread_ts=desk.place.thread)
    post = desk.post("hello")
    ts = (await desk.outbox.post(post, priority=FINAL)).ts
    assert await desk.outbox.find_all(desk.place, lambda each: is_page(each, post), priority=FINAL) == [ts]
    assert len(desk.times(READ)) == 3


async def test_what_others_have_written_is_never_taken_for_ours(desk: Desk) -> None:
    desk.slack.world.post(GENERAL, ALICE, "hello", thread_ts=desk.place.thread)
    ours = (await desk.outbox.post(desk.post("hello"), priority=FINAL)).ts
    assert await desk.outbox.find_all(desk.place, anything, priority=FINAL) == [ours]


@pytest.mark.parametrize(
    ("refused", "rich", "named"), [(0, True, True), (1, False, True), (2, False, False)], ids=["no", "once", "twice"]
)
async def test_what_slack_may_refuse_for_its_looks_is_sent_ever_plainer(
    desk: Desk, refused: int, rich: bool, named: bool
) -> None:
    desk.faults.slack_error(POST, "invalid_blocks", times=refused)
    written = await desk.outbox.post(desk.post("**hello**"), priority=FINAL)
    (message,) = desk.messages()
    assert (written.rich, bool(message.blocks), message.metadata is not None) == (rich, rich, named)
    assert (message.text, now()) == ("hello", 0.0)


async def test_what_is_refused_for_its_place_is_sent_once(desk: Desk) -> None:
    desk.slack.world.change_conversation(GENERAL, is_archived=True)
    with pytest.raises(DeliveryError, match="is_archived"):
        await desk.outbox.post(desk.post("hello"), priority=FINAL)
    assert len(desk.times(POST)) == 1


async def test_a_message_that_breaks_slack_twice_is_sent_plainer(desk: Desk) -> None:
    ts = (await desk.outbox.post(desk.post("one"), priority=FINAL)).ts
    desk.faults.dislike("two", "internal_error")
    written = await desk.outbox.update(desk.post("two"), ts, priority=FINAL)
    assert (written.rich, desk.shown(), desk.times(EDIT)) == (False, ["two"], [0.0, 0.5, 1.5])


def delete_the_question(desk: Desk) -> None:
    world = desk.slack.world
    question = world.timeline(GENERAL).get(desk.place.thread)
    assert question is not None
    world.delete(question)


async def test_a_reply_whose_thread_is_gone_does_not_stay_in_the_channel(desk: Desk) -> None:
    world = desk.slack.world
    delete_the_question(desk)
    with pytest.raises(DeliveryError, match="thread_not_found"):
        await desk.outbox.post(desk.post("hello"), priority=FINAL)
    assert [message.user for message in world.timeline(GENERAL).messages()] == []
    assert len(desk.times(DELETE)) == 1


async def test_nor_does_it_stay_where_its_turn_is_cancelled_meanwhile(desk: Desk) -> None:
    delete_the_question(desk)
    desk.faults.delay(READ, 2.0)
    posting = asyncio.create_task(desk.outbox.post(desk.post("hello"), priority=FINAL))
    await asyncio.sleep(1)
    posting.cancel()
    await asyncio.wait((posting,))
    assert posting.cancelled()
    assert [message.user for message in desk.slack.world.timeline(GENERAL).messages()] == []


async def test_messages_come_in_the_order_in_which_they_were_sent(desk: Desk) -> None:
    numbers = range(8)
    await asyncio.gather(*(desk.outbox.post(desk.post(str(number), number), priority=FINAL) for number in numbers))
    assert desk.shown() == [str(number) for number in numbers]
    # Four at once and a half in a second, then one a second.
    assert desk.times(POST) == [0.0, 0.0, 0.0, 0.0, 0.5, 1.5, 2.5, 3.5]


async def test_what_was_refused_for_coming_too_often_goes_before_what_came_later(desk: Desk) -> None:
    desk.faults.rate_limit(POST, retry_after=5)
    first = asyncio.create_task(desk.outbox.post(desk.post("first"), priority=FINAL))
    await asyncio.sleep(1.0)
    await asyncio.gather(first, desk.outbox.post(desk.post("second", 1), priority=FINAL))
    assert desk.shown() == ["first", "second"]


async def test_a_word_to_one_person_is_seen_by_nobody_else(desk: Desk) -> None:
    await desk.outbox.post(desk.post("hello"), priority=FINAL)
    told_at = await desk.outbox.post_ephemeral(desk.place, ALICE, "**psst**")
    assert told_at > 0
    assert desk.shown() == ["hello"]
    assert _ephemerals(desk)[0]["thread_ts"] == desk.place.thread


async def test_a_word_in_a_thread_without_replies_goes_to_the_channel_where_it_can_be_seen(desk: Desk) -> None:
    await desk.outbox.post_ephemeral(desk.place, ALICE, "psst")
    assert "thread_ts" not in _ephemerals(desk)[0]


async def test_how_a_thread_stands_is_not_waited_for_long(desk: Desk) -> None:
    desk.faults.hang(READ)
    await desk.outbox.post_ephemeral(desk.place, ALICE, "psst")
    assert now() == 3.0
    assert _ephemerals(desk)[0]["thread_ts"] == desk.place.thread


async def test_a_word_that_comes_too_late_is_given_up(desk: Desk) -> None:
    desk.faults.http_error(EPHEMERAL, 503, times=100)
    with pytest.raises(DeliveryError, match="timeout"):
        await desk.outbox.post_ephemeral(desk.place, ALICE, "psst")
    assert now() == 30.0


async def test_a_question_whose_buttons_are_refused_is_asked_in_words(desk: Desk) -> None:
    desk.faults.slack_error(EPHEMERAL, "invalid_blocks")
    await desk.outbox.ask(desk.place, ALICE, "Really?", [Choice("Yes, forget it", "forget it now", danger=True)])
    plain = _ephemerals(desk)[-1]
    assert "blocks" not in plain
    assert plain["text"] == "Really?\n• Yes, forget it: say “forget it now”"


async def test_a_word_to_one_person_may_have_buttons_below(desk: Desk) -> None:
    await desk.outbox.post(desk.post("hello"), priority=FINAL)
    choices = [Choice("Next page", "threads 2"), Choice("Help", "help")]
    await desk.outbox.post_ephemeral(desk.place, ALICE, "**psst**", choices)
    text, actions = _ephemerals(desk)[-1]["blocks"]
    assert (text["type"], text["text"], actions["type"]) == ("markdown", "**psst**", "actions")
    assert [json.loads(each["value"]) for each in actions["elements"]] == [
        {"words": "threads 2", "thread": desk.place.thread},
        {"words": "help", "thread": desk.place.thread},
    ]
    desk.faults.slack_error(EPHEMERAL, "invalid_blocks")
    await desk.outbox.post_ephemeral(desk.place, ALICE, "**psst**", choices)
    plain = _ephemerals(desk)[-1]
    assert "blocks" not in plain
    assert plain["text"] == "psst\n• Next page: say “threads 2”\n• Help: say “help”"


async def test_somebody_is_told_in_a_direct_message_until_it_is_too_late(desk: Desk) -> None:
    desk.faults.http_error(POST, 503, times=2)
    await desk.outbox.tell(ALICE, "Hello <!channel>")
    assert desk.times(POST) == [0.0, 0.5, 1.5]
    (message,) = desk.slack.world.timeline("D0ALICE001").messages()
    assert message.user == BOT
    assert "<!channel>" not in message.text
    desk.faults.http_error(POST, 503, times=100)
    with pytest.raises(DeliveryError, match="timeout"):
        await desk.outbox.tell(ALICE, "Hello")
    assert now() == 61.5


@pytest.mark.parametrize(("kept", "whole"), [("hello", False), ("hello & all", True)])
async def test_it_is_told_whether_slack_holds_all_that_was_sent(desk: Desk, kept: str, whole: bool) -> None:
    call = desk.slack.client.api_call

    async def shortened(method: str, *, json: dict[str, Any]) -> Any:
        return await call(method, json=json | {"text": kept, "blocks": [{"type": "markdown", "text": kept}]})

    with patch.object(desk.slack.client, "api_call", shortened):
        written = await desk.outbox.post(desk.post("hello & all"), priority=FINAL)
    assert written.whole is whole


def anything(_: object) -> bool:
    return True


def _ephemerals(desk: Desk) -> list[dict[str, Any]]:
    """What was sent to be seen by one person."""
    return [call.arguments for call in desk.slack.journal.calls(EPHEMERAL)]
