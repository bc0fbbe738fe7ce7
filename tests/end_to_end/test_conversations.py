"""Threads as sessions: who is answered, with what memory."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
pytestmark = pytest.mark.usefixtures("bot")


async def test_a_mention_is_answered_in_its_thread(start: Start, model: ModelServer) -> None:
    thread = await start("@ChatHakase hello")
    assert await thread.answers(1, containing="hello") == ["I heard: [alice] hello"]
    assert [message["role"] for message in model.requests[0]["messages"]] == ["system", "user"]
    assert model.requests[0]["max_tokens"] == 2000
    assert "temperature" not in model.requests[0]


async def test_the_next_message_is_answered_with_what_was_said_before(start: Start, model: ModelServer) -> None:
    model.will(says("Nice to meet you, Ada."))
    thread = await start("@ChatHakase my name is Ada")
    await thread.answers(1, containing="Ada")
    await thread.say("what is my name?")
    await thread.answers(2, containing="name?")
    assert model.requests[1]["messages"][1:] == [
        {"role": "user", "content": "[alice] my name is Ada"},
        {"role": "assistant", "content": "Nice to meet you, Ada."},
        {"role": "user", "content": "[alice] what is my name?"},
    ]


async def test_a_direct_message_needs_no_mention(start: Start) -> None:
    thread = await start("hello", channel="@")
    assert await thread.answers(1) == ["I heard: [alice] hello"]
    await thread.say("<@U0BOB00001> is my colleague")
    await thread.answers(2, containing="colleague")


async def test_a_mention_in_mid_thread_joins_it(
    start: Start, bob: PersonClient, workspace: Workspace, model: ModelServer
) -> None:
    thread = await start("lunch?")
    await thread.say("pizza!", bob)
    await thread.say("@ChatHakase which one?", bob)
    await thread.answers(1, containing="which one?")
    await thread.say("thanks")
    await thread.answers(2, containing="thanks")
    assert len(model.requests) == 2


async def test_talk_without_the_bot_is_left_alone(
    start: Start, bob: PersonClient, workspace: Workspace, model: ModelServer
) -> None:
    thread = await start("good morning all")
    await thread.say("good morning", bob)
    await thread.say("help")
    marker = await start("@ChatHakase are you there?")
    await marker.answers(1)
    assert thread.replies() == []
    assert len(model.requests) == 1


async def test_what_begins_with_somebody_else_is_context_only(
    start: Start, bob: PersonClient, model: ModelServer
) -> None:
    thread = await start("@ChatHakase let us plan a party")
    await thread.answers(1)
    await thread.say("@bob can you bring cake?")
    await thread.say("sure, I bring cake. What else?", bob)
    await thread.answers(2, containing="What else?")
    assert "[alice] <@U0BOB00001|bob> can you bring cake?" in model.said()
    assert len(model.requests) == 2


async def test_several_people_are_told_apart(start: Start, bob: PersonClient, model: ModelServer) -> None:
    thread = await start("@ChatHakase I like tea")
    await thread.answers(1)
    await thread.say("I like coffee", bob)
    await thread.answers(2, containing="coffee")
    assert "[alice] I like tea" in model.said()
    assert "[bob] I like coffee" in model.said()


async def test_sessions_never_see_each_others_text(start: Start, bob: PersonClient, model: ModelServer) -> None:
    first = await start("@ChatHakase the word is swordfish")
    await first.answers(1)
    for other in (
        await start("@ChatHakase what is the word?"),
        await start("@ChatHakase what is the word?", channel="#secret"),
        await start("what is the word?", channel="@"),
        await start("what is the word?", person=bob, channel="@"),
    ):
        await other.answers(1)
    assert len(model.requests) == 5
    assert all("swordfish" not in model.said(request) for request in range(1, 5))


@pytest.mark.parametrize("seed", range(4))
async def test_a_mention_arrives_twice_and_is_answered_once(
    seed: int, start: Start, workspace: Workspace, model: ModelServer
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await workspace.until(lambda: workspace.pending_events == 0)
    assert len(model.requests) == 1
    assert len(thread.replies()) == 1


@pytest.mark.parametrize("ack_timeout", [0.5])
async def test_a_redelivered_event_is_answered_once(start: Start, workspace: Workspace, model: ModelServer) -> None:
    workspace.faults.acks_held = True
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await workspace.until(lambda: any(each.envelope["retry_attempt"] > 1 for each in workspace.journal.envelopes()))
    workspace.faults.acks_held = False
    await workspace.until(lambda: workspace.pending_events == 0)
    workspace.redeliver_last()
    await workspace.until(lambda: workspace.pending_events == 0)
    assert len(model.requests) == 1
    assert len(thread.replies()) == 1


async def test_what_is_no_chat_message_is_ignored(start: Start, bob: PersonClient, workspace: Workspace) -> None:
    thread = await start("@ChatHakase hello", channel="#random")
    random = thread.channel
    await thread.answers(1)
    await bob.call("conversations.setTopic", channel=random, topic="@ChatHakase and friends")
    await bob.call("conversations.leave", channel=random)
    await bob.call("conversations.join", channel=random)
    ts = await thread.say("typo")
    await thread.answers(2, containing="typo")
    await thread.person.edit(random, ts, "no typo")
    await thread.person.delete(random, ts)
    workspace.send_event(
        {
            "type": "message",
            "channel": random,
            "channel_type": "channel",
            "ts": "1.000001",
            "thread_ts": thread.ts,
            "user": "U9",
            "bot_id": "B9",
            "text": "I am another bot",
        }
    )
    await workspace.until(lambda: workspace.pending_events == 0)
    await thread.say("last")
    await thread.answers(3, containing="last")


async def test_messages_sent_meanwhile_are_answered_together(
    start: Start, bob: PersonClient, model: ModelServer, workspace: Workspace
) -> None:
    hold = asyncio.Event()
    model.will(says("One", " moment.", hold=hold))
    thread = await start("@ChatHakase first")
    await thread.answers(1, containing="One")
    await thread.say("second")
    await thread.say("third", bob)
    await workspace.until(lambda: workspace.pending_events == 0)
    hold.set()
    await thread.answers(2, containing="third")
    assert model.requests[1]["messages"][1:] == [
        {"role": "user", "content": "[alice] first"},
        {"role": "assistant", "content": "One moment."},
        {"role": "user", "content": "[alice] second\n\n[bob] third"},
    ]
    assert len(model.requests) == 2


async def test_different_sessions_are_answered_at_the_same_time(start: Start, model: ModelServer) -> None:
    hold = asyncio.Event()
    model.will(*(says("a", "b", hold=hold) for _ in range(3)))
    threads = [await start(f"@ChatHakase {n}") for n in range(3)]
    for thread in threads:
        await thread.answers(1, containing="a")
    assert model.under_way == 3
    hold.set()
    for thread in threads:
        assert await thread.answers(1, containing="ab") == ["ab"]


async def test_a_huge_message_is_clamped_for_the_model(
    start: Start, general: str, workspace: Workspace, model: ModelServer
) -> None:
    text = "<@U0HAKASE01> " + "x" * 50_000 + "y" * 50_000
    ts = "1900000000.000001"
    workspace.send_event(
        {"type": "app_mention", "channel": general, "ts": ts, "user": "U0ALICE001", "text": text, "event_ts": ts}
    )
    await workspace.until(lambda: len(model.requests) == 1)
    said = model.requests[0]["messages"][-1]["content"]
    assert "characters left out" in said
    assert len(said) < 20_000
