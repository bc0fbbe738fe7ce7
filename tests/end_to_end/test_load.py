"""Much at once: nothing is dropped, nothing is answered twice, and what waits costs no turn of its own."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chathakase.core.types import ExpiryMode
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.web_api.tiers import NoLimits
from tests.end_to_end.conftest import OpenBot, Thread, markdown
from tests.model_server import Answer, Json, ModelServer, says

QUICK = {
    "chathakase_streaming": "off",
    "chathakase_rate_limits": "chat.postMessage=600000/1000 chat.postMessage/workspace=600000/1000",
}
"""Slack's rate limits are no part of these tests."""
WITHIN = 90.0


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    # Slack's impatience is no part of these tests either: a busy machine takes its time for hundreds of events.
    async with open_workspace(seed=1, limits=NoLimits(), ack_timeout=WITHIN) as opened:
        yield opened


async def ask(alice: PersonClient, channel: str, numbers: Sequence[int], thread_ts: str | None = None) -> list[str]:
    """Ask many questions at once; each has a number of its own."""
    texts = [f"@ChatHakase question {number}." for number in numbers]
    return await asyncio.gather(*(alice.say(text, channel=channel, thread_ts=thread_ts) for text in texts))


def asked(model: ModelServer, request: int) -> list[int]:
    """The numbers of the questions that a request is to answer."""
    last = model.requests[request]["messages"][-1]["content"]
    return [int(number) for number in re.findall(r"question (\d+)\.", last)]


def fetch(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def replies(workspace: Workspace, channel: str, roots: Sequence[str]) -> dict[str, list[str]]:
    """What the bot wrote in each thread."""
    said: dict[str, list[str]] = {root: [] for root in roots}
    for message in workspace.world.timeline(channel).messages():
        if message.user == workspace.world.bot.id and message.thread_ts is not None:
            said[message.thread_ts].append(markdown(message))
    return said


def heard(number: int) -> str:
    """What the model answers to a question."""
    return f"I heard: [alice] question {number}."


def held(hold: asyncio.Event) -> Answer:
    """The model's usual answer, with its end held back."""

    async def answer(request: web.Request, body: Json) -> web.StreamResponse:
        return await says(f"I heard: {body['messages'][-1]['content']}"[:-1], ".", hold=hold)(request, body)

    return answer


async def each_answered_once(workspace: Workspace, channel: str, roots: Sequence[str]) -> None:
    """Wait until the bot has written in every thread, and see that it answered each question there, once."""
    await workspace.until(lambda: all(replies(workspace, channel, roots).values()), WITHIN)
    await workspace.until(lambda: workspace.pending_events == 0, WITHIN)
    said = replies(workspace, channel, roots)
    assert list(said.values()) == [[heard(number)] for number in range(len(roots))]


async def test_a_burst_of_one_person_in_a_thread_takes_two_turns(
    open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, database: Path, alice: PersonClient, general: str
) -> None:
    hold = asyncio.Event()
    model.will(says("The first", " answer.", hold=hold), says("The second answer."))
    async with open_the_bot(chathakase_max_messages=300, **QUICK):
        thread = Thread(workspace, alice, general, (await ask(alice, general, [0]))[0])
        await workspace.until(lambda: model.under_way == 1, WITHIN)
        await ask(alice, general, range(1, 200), thread.ts)
        await workspace.until(lambda: workspace.pending_events == 0, WITHIN)
        hold.set()
        assert await thread.answers(2, within=WITHIN) == ["The first answer.", "The second answer."]
        answered = "SELECT count(*) FROM sessions WHERE answered >= asked AND lease_owner IS NULL"
        await workspace.until(lambda: fetch(database, answered) == [(1,)], WITHIN)
    assert len(model.requests) == 2
    assert asked(model, 0) == [0]
    assert sorted(asked(model, 1)) == list(range(1, 200))


async def test_a_hundred_threads_take_their_turns_five_at_a_time(
    open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, alice: PersonClient, general: str
) -> None:
    hold = asyncio.Event()
    async with open_the_bot(chathakase_concurrency=5, **QUICK):
        model.will(*(held(hold) for _ in range(5)))
        roots = await ask(alice, general, range(5))
        await workspace.until(lambda: model.under_way == 5, WITHIN)
        roots += await ask(alice, general, range(5, 100))
        await workspace.until(lambda: workspace.pending_events == 0, WITHIN)
        assert len(model.requests) == 5
        hold.set()
        await each_answered_once(workspace, general, roots)
    assert len(model.requests) == 100


async def test_a_thread_of_ten_thousand_messages_is_answered_with_the_newest(
    open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, database: Path, alice: PersonClient, general: str
) -> None:
    async with open_the_bot(**QUICK):
        thread = Thread(workspace, alice, general, (await ask(alice, general, [0]))[0])
        await thread.answers(1)
    remember(database, 10_000)
    async with open_the_bot(**QUICK):
        await thread.say("question 1.")
        await thread.answers(2, containing=heard(1))
    prompt = model.said()
    assert [int(number) for number in re.findall(r"stored (\d+)\.", prompt)] == list(range(9_983, 10_001))
    assert "question 0." not in prompt


def remember(database: Path, count: int) -> None:
    """Have it that so many messages were said in the one session there is."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO messages (session, seq, role, text, author, ref, said, at)
            SELECT id, seq + i, iif(i % 2, 'user', 'assistant'), 'stored ' || i || '.', iif(i % 2, 'U0BOB00001', ''),
                'stored ' || i, (SELECT max(said) FROM messages) + i, active_at
            FROM sessions, n
            """,
            (count,),
        )
        connection.execute("UPDATE sessions SET seq = seq + ?, answered = seq + ?", (count, count))


async def test_a_huge_message_is_answered(
    open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, alice: PersonClient, general: str
) -> None:
    async with open_the_bot(**QUICK):
        ts = await alice.say("just a moment", channel=general)
        await workspace.until(lambda: workspace.pending_events == 0)
        text = f"<@{workspace.world.bot.id}> question 0. {'words ' * 33_000}question 1."
        event = {"type": "app_mention", "channel": general, "user": alice.id, "ts": ts, "text": text}
        workspace.send_event(event | {"event_ts": ts})
        thread = Thread(workspace, alice, general, ts)
        await thread.answers(None, containing="question 1.")
        await thread.say("question 2.")
        await thread.answers(None, containing=heard(2))
    shortened = model.requests[0]["messages"][-1]["content"]
    assert len(shortened) < 20_000
    assert asked(model, 0) == [0, 1]


@pytest.mark.long
async def test_a_hundred_sessions_expire_while_turns_run(
    open_the_bot: OpenBot, workspace: Workspace, model: ModelServer, database: Path, alice: PersonClient, general: str
) -> None:
    hold = asyncio.Event()
    async with open_the_bot(chathakase_session_timeout=1, chathakase_expiry=ExpiryMode.DELETE, **QUICK):
        model.will(*(held(hold) for _ in range(10)))
        roots = await ask(alice, general, range(10))
        await workspace.until(lambda: model.under_way == 10, WITHIN)
        roots += await ask(alice, general, range(10, 110))
        await workspace.until(lambda: fetch(database, "SELECT count(*) FROM tombstones") == [(100,)], WITHIN)
        left = "SELECT thread FROM sessions"
        await workspace.until(lambda: {thread for (thread,) in fetch(database, left)} == set(roots[:10]), WITHIN)
        hold.set()
        await each_answered_once(workspace, general, roots)
