"""What was said while the bot was away is found, and answered if it is young enough."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from chathakase.engine.intake.catch_up import FRESH, SHORT
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer

Start = Callable[..., Awaitable[Thread]]
Back = Callable[[], AbstractAsyncContextManager[SessionManager]]


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Slack tries once, and then nevermore."""
    return ()


@pytest.fixture
async def known(open_the_bot: OpenBot, workspace: Workspace, start: Start) -> Thread:
    """A thread in which the bot took part before it went away."""
    async with open_the_bot() as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await workspace.until(lambda: not bot.scheduler.tasks)
    return thread


@pytest.fixture
def back(open_the_bot: OpenBot, workspace: Workspace, caplog: pytest.LogCaptureFixture) -> Back:
    """Open the bot again, and wait until it has looked for what it missed."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[SessionManager]:
        caplog.set_level(logging.INFO, logger="chathakase.engine.intake.catch_up")
        caplog.clear()
        async with open_the_bot() as bot:
            await workspace.until(lambda: "Checked 1 threads" in caplog.text)
            yield bot

    return opened


def questions(model: ModelServer) -> list[str]:
    """What people said, as the model was told last."""
    return [str(each["content"]) for each in model.requests[-1]["messages"] if each["role"] == "user"]


async def settles(workspace: Workspace, ts: str) -> None:
    """A message is so old that Slack must show it."""
    await workspace.until(lambda: time.time() - float(ts) > FRESH / 1000)


async def missed(workspace: Workspace) -> None:
    """Slack has given up to deliver what was said."""
    await workspace.until(lambda: workspace.pending_events == 0)


async def test_a_question_in_a_known_thread_is_answered(
    known: Thread, open_the_bot: OpenBot, workspace: Workspace, bob: PersonClient
) -> None:
    await known.say("did you miss me?")
    await known.say("and me?", bob)
    await missed(workspace)
    async with open_the_bot() as bot:
        await known.answers(None, containing="and me?")
        await workspace.until(lambda: not bot.scheduler.tasks)
    texts = known.texts()[1:]
    assert sum(text.count("did you miss me?") for text in texts) == 1
    assert sum(text.count("and me?") for text in texts) == 1


async def test_a_mention_in_a_known_channel_opens_a_session(
    known: Thread, open_the_bot: OpenBot, workspace: Workspace, start: Start
) -> None:
    thread = await start("@ChatHakase anybody home?")
    await start("just talk among people")
    await missed(workspace)
    async with open_the_bot():
        await thread.answers(1, containing="anybody home?")


async def test_what_was_said_below_a_missed_mention_is_answered(
    known: Thread, open_the_bot: OpenBot, workspace: Workspace, start: Start, bob: PersonClient
) -> None:
    thread = await start("@ChatHakase anybody home?")
    await thread.say("it seems not", bob)
    await missed(workspace)
    async with open_the_bot():
        await workspace.until(lambda: "it seems not" in "".join(thread.texts()), 30)
    assert "".join(thread.texts()).count("it seems not") == 1


async def test_a_direct_message_opens_a_session(open_the_bot: OpenBot, workspace: Workspace, start: Start) -> None:
    async with open_the_bot():
        await (await start("hello", channel="@")).answers(1)
    thread = await start("are you there?", channel="@")
    await missed(workspace)
    async with open_the_bot():
        await thread.answers(1, containing="are you there?")


async def test_what_is_too_old_is_context(
    known: Thread, open_the_bot: OpenBot, workspace: Workspace, model: ModelServer
) -> None:
    said = await known.say("an old question")
    await missed(workspace)
    await workspace.until(lambda: time.time() - float(said) > 1.1)
    async with open_the_bot(chathakase_catch_up=1):
        await workspace.until(lambda: bool(workspace.journal.calls("conversations.replies")))
        await known.say("a new question")
        await known.answers(2, containing="a new question")
    assert model.said().endswith("[alice] an old question\n\n[alice] a new question")
    assert len(model.requests) == 2


async def test_what_was_heard_is_not_answered_again(
    known: Thread, open_the_bot: OpenBot, workspace: Workspace, model: ModelServer
) -> None:
    async with open_the_bot():
        await workspace.until(lambda: bool(workspace.journal.calls("conversations.replies")))
        await known.say("and now?")
        await known.answers(2, containing="and now?")
    assert len(model.requests) == 2


async def test_what_was_changed_and_deleted_is_followed(
    known: Thread, back: Back, workspace: Workspace, alice: PersonClient, bob: PersonClient, model: ModelServer
) -> None:
    async with back() as bot:
        gone = await known.say("the word is swordfish")
        await known.answers(2)
        edited = await known.say("the colour is mauve", bob)
        await known.answers(3)
        linked = await known.say("what is behind this link?")
        await known.answers(4)
        await workspace.until(lambda: not bot.scheduler.tasks)
    await alice.delete(known.channel, gone)
    await bob.edit(known.channel, edited, "the colour is teal")
    message = workspace.world.timeline(known.channel).get(linked)
    assert message is not None
    workspace.world.unfurl(message, {"text": "a preview", "fallback": "a preview"})
    await missed(workspace)
    await settles(workspace, gone)
    async with back():
        await known.say("and now?")
        await known.answers(5, containing="and now?")
    assert questions(model) == [
        "[alice] hello",
        "[bob] the colour is teal",
        "[alice] what is behind this link?",
        "[alice] and now?",
    ]
    assert len(model.requests) == 5


async def test_a_first_message_that_was_deleted_is_forgotten(
    known: Thread, back: Back, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    await alice.delete(known.channel, known.ts)
    await missed(workspace)
    await settles(workspace, known.ts)
    async with back():
        await known.say("and now?")
        await known.answers(2, containing="and now?")
    assert questions(model) == ["[alice] and now?"]


async def test_another_answer_is_offered_to_what_was_changed(
    known: Thread, back: Back, workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    await alice.edit(known.channel, known.ts, "@ChatHakase good morning")
    await missed(workspace)
    for _ in range(2):
        async with back() as bot:
            await workspace.until(lambda: not bot.scheduler.tasks)
    assert len(workspace.journal.calls("chat.postEphemeral")) == 1
    assert len(model.requests) == 1


@pytest.mark.parametrize("code", ["thread_not_found", "channel_not_found", "not_in_channel"])
async def test_nothing_is_forgotten_of_a_thread_that_cannot_be_read(
    code: str, known: Thread, back: Back, workspace: Workspace, model: ModelServer
) -> None:
    await settles(workspace, known.ts)
    workspace.faults.slack_error("conversations.replies", code)
    async with back():
        await known.say("and now?")
        await known.answers(2, containing="and now?")
    assert questions(model) == ["[alice] hello", "[alice] and now?"]


async def test_it_can_be_switched_off(known: Thread, open_the_bot: OpenBot, workspace: Workspace) -> None:
    await known.say("did you miss me?")
    await missed(workspace)
    async with open_the_bot(chathakase_catch_up=0):
        await known.say("hello again")
        await known.answers(2, containing="hello again")
    assert not workspace.journal.calls("conversations.history")


@pytest.mark.parametrize("ack_timeout", [0.5])
async def test_what_was_said_while_the_socket_was_silent_is_answered(
    bot: SessionManager, workspace: Workspace, start: Start
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    workspace.socket_faults.refused = True
    workspace.drop_sockets()
    await thread.say("did you hear that?")
    await missed(workspace)
    await asyncio.sleep(SHORT)
    workspace.socket_faults.refused = False
    await thread.answers(2, containing="did you hear that?", within=30)


async def test_what_is_said_below_a_mention_that_comes_late_is_looked_for(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, bob: PersonClient, general: str
) -> None:
    root = workspace.world.post(general, alice.id, "talk among people")
    text = f"<@{workspace.world.app.user_id}> what do you think?"
    late = replace(root, ts=f"{float(root.ts) - 60:.6f}", thread_ts=root.ts, text=text)
    workspace.world.timeline(general).put(late)
    thread = Thread(workspace, alice, general, root.ts)
    await thread.say("was there an answer?", bob)
    await missed(workspace)
    event = {"type": "app_mention", "channel": general, "user": alice.id, "ts": late.ts, "thread_ts": root.ts}
    workspace.send_event(event | {"text": text})
    await workspace.until(lambda: "was there an answer?" in "".join(thread.texts()), 30)
    assert "".join(thread.texts()).count("what do you think?") == 1
