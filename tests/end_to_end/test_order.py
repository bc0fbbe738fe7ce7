"""Slack guarantees no order of events: what is said is remembered in order, and answered, whatever comes first."""

import re
from collections.abc import Awaitable, Callable
from itertools import permutations
from typing import Any

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer

Settled = Callable[[], Awaitable[object]]


def message(channel: str, user: str, ts: str, text: str, thread_ts: str) -> dict[str, Any]:
    return {
        "type": "message",
        "channel": channel,
        "channel_type": "channel",
        "user": user,
        "ts": ts,
        "thread_ts": thread_ts,
        "text": text,
    }


def later(ts: str, microseconds: int) -> str:
    said = int(ts.replace(".", "")) + microseconds
    return f"{said // 10**6}.{said % 10**6:06d}"


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_thread_is_remembered_in_the_order_in_which_it_was_said(
    order: tuple[int, ...],
    bot: SessionManager,
    workspace: Workspace,
    model: ModelServer,
    alice: PersonClient,
    general: str,
    settled: Settled,
) -> None:
    root = workspace.world.post(general, alice.id, "talk among people").ts
    said = [f"<@{workspace.world.app.user_id}> one", "two", "three"]
    for number in order:
        workspace.send_event(message(general, alice.id, later(root, number + 1), said[number], root))
        await workspace.until(lambda: workspace.pending_events == 0)
    await settled()
    await Thread(workspace, alice, general, root).say("four")
    await workspace.until(lambda: bool(model.requests) and "four" in model.said())
    assert re.findall(r"\[alice\] (\w+)", "\n".join(asked(model))) == ["talk", "one", "two", "three", "four"]


def asked(model: ModelServer) -> list[str]:
    return [
        chat_message["content"] for chat_message in model.requests[-1]["messages"] if chat_message["role"] == "user"
    ]


async def test_a_twin_that_opens_the_session_is_not_taken_for_one_that_does_not(
    bot: SessionManager, workspace: Workspace, alice: PersonClient, general: str
) -> None:
    root = workspace.world.post(general, alice.id, "oh").ts
    event = message(general, alice.id, root, "oh", root)
    mention = event | {"type": "app_mention", "text": f"<@{workspace.world.app.user_id}> oh"}
    for _ in range(3):
        workspace.send_event(event, twin=mention)
    await Thread(workspace, alice, general, root).answers(1, containing="oh")
