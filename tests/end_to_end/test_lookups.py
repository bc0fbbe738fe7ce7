"""Nobody steers what the bot asks Slack about, and no words reach its log."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer

Start = Callable[..., Awaitable[Thread]]
pytestmark = pytest.mark.usefixtures("bot")

WORD = "Codename-OYSTER-merger"


def asked_about(workspace: Workspace) -> list[str]:
    return [str(call.arguments["user"]) for call in workspace.journal.calls("users.info")]


@pytest.mark.parametrize(
    "raw",
    [
        f"&lt;@{WORD}&gt;",
        f"<@{WORD}>",
        f"<@{WORD}|OYSTER>",
        f"<@{'OYSTER' * 3_000}>",
        f"<@U{'OYSTER' * 3_000}>",
        "&lt;@UOYSTER&gt;",
        "&lt;@UOYSTER|merger&gt;",
        "&lt;<@U0BOB00001>OYSTER&gt;",
    ],
)
async def test_words_that_look_like_a_mention_are_asked_about_by_nobody(
    workspace: Workspace, alice: PersonClient, model: ModelServer, caplog: pytest.LogCaptureFixture, raw: str
) -> None:
    caplog.set_level(logging.INFO)
    channel = alice.direct_message().id
    message = workspace.world.post(channel, alice.id, f"who is {raw}?")
    await Thread(workspace, alice, channel, message.ts).answers(1)
    assert "OYSTER" in model.seen()
    assert set(asked_about(workspace)) <= {"U0ALICE001", "U0BOB00001"}
    assert "OYSTER" not in caplog.text


async def test_what_is_escaped_becomes_no_mention(
    workspace: Workspace, alice: PersonClient, model: ModelServer
) -> None:
    channel = alice.direct_message().id
    message = workspace.world.post(channel, alice.id, "&lt;@U0BOB00001&gt; and <@U0CAROL001> &lt;!channel&gt;")
    await Thread(workspace, alice, channel, message.ts).answers(1)
    assert "< @U0BOB00001> and <@U0CAROL001|carol> < !channel>" in model.seen()
    assert sorted(asked_about(workspace)) == ["U0ALICE001", "U0CAROL001"]


async def test_hundreds_of_made_up_people_cost_little_and_keep_nobody_from_being_known(
    workspace: Workspace,
    alice: PersonClient,
    bob: PersonClient,
    general: str,
    model: ModelServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(3):
        crowd = " ".join(f"<@U9{number}{index}>" for index in range(200))
        root = workspace.world.post(general, alice.id, f"<@{workspace.world.app.user_id}> {crowd}")
        await Thread(workspace, alice, general, root.ts).answers(1)
    asked = asked_about(workspace)
    assert len(asked) == len(set(asked)) <= 21
    assert asked[0] == alice.id
    root = workspace.world.post(general, bob.id, f"<@{workspace.world.app.user_id}> do you know me?")
    await Thread(workspace, bob, general, root.ts).answers(1)
    assert "[bob" in model.said()
    assert "U9" not in caplog.text
