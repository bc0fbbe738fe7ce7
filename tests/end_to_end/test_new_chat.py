"""A new chat, from an overview: somebody's words stand at the top of a thread, and are their question there, once."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chathakase.core.jobs import NEW_CHAT, Command, Job
from chathakase.core.new_chats import NewChat
from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.slack.markdown.escaping import escape
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.stores.job_store import SqlJobStore
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.process import running
from tests.end_to_end.test_from_an_overview import told
from tests.model_server import ModelServer
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]
HOME = slack_place("", "")
WORDS = "What about <!channel> & *Kyoto*,\n> <@U0BOB00001>?"


def fetch(database: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


def wanted(person: PersonClient, words: str = WORDS, *, ref: str = "", **about: str) -> Command:
    argument = NewChat(words, **about).argument
    return Command(HOME, ref or uuid4().hex, person.id, NEW_CHAT, argument, told_in=HOME)


def roots(workspace: Workspace, channel: str) -> list[Message]:
    """The first messages of the threads that the bot opened in a channel."""
    messages = workspace.world.timeline(channel).messages()
    return [each for each in messages if each.user == workspace.world.bot.id and each.metadata and not _below(each)]


def _below(message: Message) -> bool:
    return message.thread_ts not in (None, message.ts)


async def started(bot: SessionManager, workspace: Workspace, command: Command) -> None:
    await bot.requests.enqueue(command)
    await at_rest(workspace, bot)


def chats(workspace: Workspace, person: PersonClient, channel: str) -> list[Thread]:
    """The threads that the bot opened in a channel."""
    return [Thread(workspace, person, channel, each.ts) for each in roots(workspace, channel)]


async def test_it_stands_in_a_channel_as_its_author_s_question(
    bot: SessionManager,
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    general: str,
    model: ModelServer,
    database: Path,
) -> None:
    await started(bot, workspace, wanted(alice, channel=general))
    (thread,) = chats(workspace, alice, general)
    (root,) = roots(workspace, general)
    assert root.text.replace("\u200b", "").startswith(
        f"<@{alice.id}> asks:\n&gt; What about &lt;!channel&gt; &amp; *Kyoto*"
    )
    head, quote = root.blocks[0]["elements"]
    assert head["elements"] == [{"type": "user", "user_id": alice.id}, {"type": "text", "text": " asks:"}]
    assert quote["type"] == "rich_text_quote"
    assert quote["elements"][0]["text"].replace("\u200b", "") == WORDS
    for ping in ("<!channel>", f"<@{bob.id}>"):
        assert ping not in f"{root.text}{root.blocks}"
    texts = await thread.answers(2)
    assert texts[1].startswith("I heard: [alice] What about")
    assert sum("What about" in str(message) for message in model.requests[-1]["messages"]) == 1
    assert fetch(database, "SELECT author, role FROM messages ORDER BY seq LIMIT 1") == [(alice.id, "user")]
    assert fetch(database, "SELECT owner FROM sessions") == [(alice.id,)]
    (word,) = told(workspace, alice)
    assert word.startswith("I've started it: [What about")
    assert thread.ts.replace(".", "") in word
    await thread.say("and Nara?")
    assert "and Nara?" in (await thread.answers(3))[2]


async def test_in_the_direct_message_just_the_words_are_quoted(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, database: Path
) -> None:
    await started(bot, workspace, wanted(alice, "A trip to Kyoto", title=" “Temples” "))
    direct = alice.direct_message().id
    (thread,) = chats(workspace, alice, direct)
    root = roots(workspace, direct)[0]
    assert root.text == "&gt; A trip to Kyoto"
    assert [each["type"] for each in root.blocks[0]["elements"]] == ["rich_text_quote"]
    assert "A trip to Kyoto" in (await thread.answers(2))[1]
    assert fetch(database, "SELECT title, made_by FROM titles") == [("Temples", "person")]
    assert told(workspace, alice)[-1].startswith("I've started it: [Temples](")


async def test_pressed_twice_it_is_started_once(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    command = wanted(alice, channel=general)
    await asyncio.gather(*(bot.requests.enqueue(command) for _ in range(5)))
    await at_rest(workspace, bot)
    await started(bot, workspace, command)
    assert len(roots(workspace, general)) == 1
    assert len(model.requests) == 1


@pytest.mark.parametrize("lost", ["call", "answer"])
async def test_when_slack_s_answer_is_lost_it_is_looked_for(
    lost: str, bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    lose = workspace.faults.lose_call if lost == "call" else workspace.faults.lose_answer
    lose("chat.postMessage")
    await started(bot, workspace, wanted(alice, channel=general))
    assert len(roots(workspace, general)) == 1
    assert len(model.requests) == 1


@pytest.mark.parametrize("refused", ["invalid_blocks", "invalid_metadata_format"])
async def test_it_is_plainer_for_a_slack_that_refuses_it(
    refused: str, bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    workspace.faults.slack_error("chat.postMessage", refused, times=2 if "metadata" in refused else 1)
    await started(bot, workspace, wanted(alice, "A trip", channel=general))
    posted = [each for each in workspace.world.timeline(general).messages() if each.text.startswith(f"<@{alice.id}>")]
    assert [(each.text, each.blocks) for each in posted] == [(f"<@{alice.id}> asks:\n&gt; A trip", ())]
    assert len(model.requests) == 1


async def test_two_bots_start_it_once(
    open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    command = wanted(alice, channel=general)
    async with open_the_bot() as one, open_the_bot() as other:
        await asyncio.gather(*(each.requests.enqueue(command) for each in (one, other, one, other)))
        await at_rest(workspace, one)
        await at_rest(workspace, other)
    assert len(roots(workspace, general)) == 1
    assert len(model.requests) == 1


@pytest.mark.parametrize("done", [False, True])
async def test_cut_short_by_a_shutdown_it_is_started_once_by_whoever_comes_next(
    done: bool, open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer
) -> None:
    workspace.faults.hang("chat.postMessage", done=done)
    async with open_the_bot(chathakase_grace=0) as bot:
        await bot.requests.enqueue(wanted(alice, channel=general))
        await workspace.until(lambda: workspace.journal.calls("chat.postMessage"))
    workspace.faults.clear()
    async with open_the_bot() as bot:
        await workspace.until(lambda: told(workspace, alice))
        await at_rest(workspace, bot)
    assert len(roots(workspace, general)) == 1
    assert len(model.requests) == 1
    async with open_the_bot() as bot:
        await at_rest(workspace, bot)
    assert len(roots(workspace, general)) == len(model.requests) == len(told(workspace, alice)) == 1


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.long
async def test_though_the_process_is_killed_it_is_started_once(
    done: bool,
    environment: dict[str, str],
    open_the_bot: OpenBot,
    workspace: Workspace,
    alice: PersonClient,
    general: str,
    model: ModelServer,
    database: Path,
    tmp_path: Path,
) -> None:
    async with open_the_bot():
        pass
    command = replace(wanted(alice, channel=general), said=time.time_ns() // 1_000)
    async with open_sqlite(database, clock=lambda: time.time_ns() // 1_000_000) as opened:
        jobs = SqlJobStore(opened)
        job = Job(command)
        assert await jobs.enqueue(job)
        await jobs.release(job)
    workspace.faults.hang("chat.postMessage", done=done)
    async with running(environment, workspace, tmp_path / "log") as process:
        await workspace.until(lambda: workspace.journal.calls("chat.postMessage"), 30)
        await workspace.until(lambda: len(roots(workspace, general)) == int(done))
        process.kill()
        await process.wait()
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await workspace.until(lambda: told(workspace, alice), 60)
        (thread,) = chats(workspace, alice, general)
        await thread.answers(2, within=30)
    assert len(roots(workspace, general)) == 1
    assert len(model.requests) == 1


async def test_it_is_caught_up_with_as_any_thread(
    open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer, database: Path
) -> None:
    async with open_the_bot() as bot:
        await started(bot, workspace, wanted(alice, "the secret swordfish", channel=general))
    (thread,) = chats(workspace, alice, general)
    await thread.say("and a herring?")
    async with open_the_bot() as bot:
        await thread.answers(3, containing="and a herring?")
        await at_rest(workspace, bot)
        assert sum("swordfish" in str(each) for each in model.requests[-1]["messages"]) == 2, "question and answer"
    workspace.world.delete(roots(workspace, general)[0])
    async with open_the_bot():
        await workspace.until(lambda: not fetch(database, "SELECT 1 FROM messages WHERE text LIKE 'the secret%'"))


async def test_where_its_session_is_gone_it_is_read_as_what_its_author_said(
    open_the_bot: OpenBot, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer, database: Path
) -> None:
    async with open_the_bot() as bot:
        await started(bot, workspace, wanted(alice, channel=general))
        await at_rest(workspace, bot)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM sessions")
    (thread,) = chats(workspace, alice, general)
    async with open_the_bot():
        await thread.say("@ChatHakase what did I ask?")
        await thread.answers(3, containing="what did I ask?")
    asked = [each for each in model.requests[-1]["messages"] if each["role"] == "user"]
    assert f"[alice] {WORDS.splitlines()[0]}" in str(asked)


async def test_deleting_it_forgets_the_words(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str, model: ModelServer, database: Path
) -> None:
    await started(bot, workspace, wanted(alice, "the secret swordfish", channel=general))
    (thread,) = chats(workspace, alice, general)
    await thread.answers(2)
    await at_rest(workspace, bot)
    workspace.world.delete(roots(workspace, general)[0])
    await workspace.until(lambda: not fetch(database, "SELECT 1 FROM messages WHERE text = 'the secret swordfish'"))
    await thread.say("@ChatHakase and now?")
    await thread.answers(2, containing="and now?")
    asked = [each for each in model.requests[-1]["messages"] if each["role"] == "user"]
    assert "the secret swordfish" not in str(asked)


async def left(person: PersonClient, workspace: Workspace, general: str) -> None:
    workspace.world.leave(general, person.id)


async def archived(person: PersonClient, workspace: Workspace, general: str) -> None:
    workspace.world.change_conversation(general, is_archived=True)


async def without_us(person: PersonClient, workspace: Workspace, general: str) -> None:
    workspace.world.leave(general, workspace.world.bot.id)


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (left, "You aren't in that channel. Join it first, or pick another one."),
        (archived, "That channel is archived. Pick another one."),
        (without_us, "I'm not in that channel. Invite me first, or pick another one."),
    ],
)
async def test_what_keeps_it_from_being_started_is_told_and_nothing_is_stored(
    happened: Callable[..., Awaitable[None]],
    sentence: str,
    bot: SessionManager,
    workspace: Workspace,
    bob: PersonClient,
    general: str,
    database: Path,
) -> None:
    await happened(bob, workspace, general)
    await at_rest(workspace, bot)
    await started(bot, workspace, wanted(bob, channel=general))
    (word,) = told(workspace, bob)
    assert word.replace("\u200b", "") == f"{sentence}\n\nYou wrote:\n```\n{escape(WORDS)}\n```", "no word is lost"
    assert roots(workspace, general) == []
    assert fetch(database, "SELECT * FROM sessions") == []
    assert fetch(database, "SELECT argument FROM jobs") == [("",)]


async def test_no_words_start_nothing(bot: SessionManager, workspace: Workspace, bob: PersonClient) -> None:
    await started(bot, workspace, wanted(bob, " \n "))
    assert told(workspace, bob) == ["A new chat needs some first words."]


@pytest.mark.parametrize(
    ("settings_", "sentence"),
    [
        (
            {"chathakase_person_rate": 1},
            "You are asking faster than I am allowed to answer. Please try again in a minute.",
        ),
        ({"chathakase_daily_questions": "1"}, "You have used up your 1 question for today. Please try again after"),
        ({"chathakase_allowed_channels": "C0RANDOM01"}, "I'm not allowed to answer in that channel. Pick another one."),
    ],
)
async def test_limits_and_rules_hold_before_anything_is_posted(
    settings_: dict[str, Any],
    sentence: str,
    open_the_bot: OpenBot,
    workspace: Workspace,
    start: Start,
    bob: PersonClient,
    general: str,
    database: Path,
) -> None:
    async with open_the_bot(**settings_) as bot:
        thread = await start("one", person=bob, channel="@")
        await thread.answers(1)
        await started(bot, workspace, wanted(bob, channel=general))
        assert told(workspace, bob)[-1].startswith(sentence)
        assert roots(workspace, general) == []
        assert len(fetch(database, "SELECT * FROM sessions")) == 1


async def test_nobody_is_answered_in_a_muted_channel(
    bot: SessionManager, workspace: Workspace, start: Start, alice: PersonClient, bob: PersonClient, general: str
) -> None:
    await start("@ChatHakase mute channel")
    await at_rest(workspace, bot)
    before = len(roots(workspace, general))
    await started(bot, workspace, wanted(bob, channel=general))
    (word,) = told(workspace, bob)
    assert word.startswith("An admin has muted me in that channel. Pick another one.")
    assert len(roots(workspace, general)) == before
