"""Other bots, and messages that people pass on: heard where a session is, and never answered for themselves."""

from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.person import Person
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]
BUILDS = {"bot_profile": {"name": "Builds"}}
pytestmark = pytest.mark.usefixtures("bot")


async def test_what_another_bot_says_later_is_context_and_never_answered(
    start: Start, settled: Settled, workspace: Workspace, model: ModelServer
) -> None:
    thread = await start("@ChatHakase is the build done?")
    await thread.answers(1)
    for text in ("all *green*", "<@U0HAKASE01> help", "<@U0HAKASE01> thank me"):
        fields = {"thread_ts": thread.ts, "bot_id": "B0BUILDS01", "extra": BUILDS}
        workspace.world.post(thread.channel, "U0BUILDS01", text, **fields)
    await thread.say("and now?")
    await thread.answers(2)
    await settled()
    assert len(thread.texts()) == len(model.requests) == 2
    assert "[Builds (bot), " in model.seen()
    assert "] all *green*" in model.seen()


async def test_what_another_bot_says_elsewhere_opens_nothing(
    start: Start, settled: Settled, workspace: Workspace, model: ModelServer, general: str
) -> None:
    for where in ({}, {"thread_ts": "1795000000.000100"}):
        workspace.world.post(general, "U0BUILDS01", "<@U0HAKASE01> hello", bot_id="B0BUILDS01", extra=BUILDS, **where)
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await settled()
    assert len(model.requests) == 1


async def test_a_message_that_somebody_passes_on_is_read(
    alice: Person, workspace: Workspace, model: ModelServer
) -> None:
    shared = {"is_share": True, "is_msg_unfurl": True, "author_name": "Bob", "text": "meet at &lt;noon&gt;"}
    direct = alice.direct_message().id
    message = workspace.world.post(direct, alice.id, "when is that?", attachments=(shared,))
    await Thread(workspace, alice, direct, message.ts).answers(1)
    assert "when is that?\nShared message of Bob:\n> meet at <noon>" in model.seen()
