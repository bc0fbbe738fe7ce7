"""Other bots, and messages that people pass on: heard where a session is, and never answered for themselves."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.bot_settings import OPEN_TO_ALL
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]
BUILDS = {"bot_profile": {"name": "Builds"}}
DESK = {"bot_id": "B0DESK0001", "extra": {"bot_profile": {"name": "Desk"}}}
FLOW = {"bot_id": "B0FLOW0001", "extra": {"bot_profile": {"name": "Welcome", "is_workflow_bot": True}}}
CALL = "<@U0HAKASE01> is it done?"


@pytest.mark.usefixtures("bot")
async def test_what_another_bot_says_later_is_context_and_never_answered(
    start: Start, settled: Settled, workspace: Workspace, model: ModelServer
) -> None:
    thread = await start("@ChatHakase is the build done?")
    await thread.answers(1)
    for text in ("all *green*", "<@U0HAKASE01> help", "<@U0HAKASE01> thank me"):
        fields = {"thread_ts": thread.ts, "bot_id": "B0BUILDS01", "extra": BUILDS}
        workspace.world.post(thread.channel, "U0BUILDS01", text, **fields)
    # Who else posted is looked up, which a question that comes in the same moment does not wait for.
    await settled()
    await thread.say("and now?")
    await thread.answers(2)
    await settled()
    assert len(thread.texts()) == len(model.requests) == 2
    assert "[Builds (bot), " in model.seen()
    assert "] all *green*" in model.seen()


@pytest.mark.usefixtures("bot")
async def test_what_another_bot_says_elsewhere_opens_nothing(
    start: Start, settled: Settled, workspace: Workspace, model: ModelServer, general: str
) -> None:
    for where in ({}, {"thread_ts": "1795000000.000100"}):
        workspace.world.post(general, "U0BUILDS01", "<@U0HAKASE01> hello", bot_id="B0BUILDS01", extra=BUILDS, **where)
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await settled()
    assert len(model.requests) == 1


@pytest.mark.usefixtures("bot")
async def test_a_message_that_somebody_passes_on_is_read(
    alice: PersonClient, workspace: Workspace, model: ModelServer
) -> None:
    shared = {"is_share": True, "is_msg_unfurl": True, "author_name": "Bob", "text": "meet at &lt;noon&gt;"}
    direct = alice.direct_message().id
    message = workspace.world.post(direct, alice.id, "when is that?", attachments=(shared,))
    await Thread(workspace, alice, direct, message.ts).answers(1)
    assert "when is that?\nShared message of Bob:\n> meet at <noon>" in model.seen()


async def test_what_a_person_posts_by_an_app_of_theirs_is_answered_also_when_it_was_missed(
    workspace: Workspace, alice: PersonClient, model: ModelServer, general: str, open_the_bot: OpenBot
) -> None:
    async with open_the_bot():
        root = workspace.world.post(general, alice.id, CALL, **DESK)
        thread = Thread(workspace, alice, general, root.ts)
        await thread.answers(1)
        assert "[alice, " in model.seen()
    workspace.world.post(general, alice.id, "and now?", thread_ts=root.ts, **DESK)
    async with open_the_bot():
        await thread.answers(2)
    assert "] and now?" in model.seen()


@pytest.mark.parametrize("answers", [True, False])
async def test_workflows_are_answered_if_the_settings_say_so(
    workspace: Workspace,
    alice: PersonClient,
    model: ModelServer,
    general: str,
    open_the_bot: OpenBot,
    caplog: pytest.LogCaptureFixture,
    answers: bool,
) -> None:
    caplog.set_level(logging.INFO)
    async with open_the_bot(chathakase_answer_workflows=answers):
        root = workspace.world.post(general, "U0FLOW0001", CALL, subtype="bot_message", **FLOW)
        thread = Thread(workspace, alice, general, root.ts)
        if answers:
            await thread.answers(1)
            assert "[Welcome (bot), " in model.seen()
            await thread.say("thank you")
            await thread.answers(2)
        else:
            await workspace.until(lambda: "Workflow Builder posted it" in caplog.text)
            assert not model.requests
    assert CALL not in caplog.text


async def test_a_workflow_gives_no_commands(
    workspace: Workspace, alice: PersonClient, model: ModelServer, general: str, open_the_bot: OpenBot
) -> None:
    async with open_the_bot(chathakase_answer_workflows=True):
        root = workspace.world.post(general, "U0FLOW0001", "<@U0HAKASE01> clear session", **FLOW)
        await Thread(workspace, alice, general, root.ts).answers(1)
    assert len(model.requests) == 1


@pytest.mark.parametrize("access", [OPEN_TO_ALL])
@pytest.mark.usefixtures("bot")
async def test_somebody_whom_slack_does_not_tell_of_is_called_as_their_message_says(
    workspace: Workspace, alice: PersonClient, model: ModelServer, general: str
) -> None:
    profile = {"user_profile": {"display_name": "", "real_name": "Zoë Bright", "name": "zoe"}}
    root = workspace.world.post(general, "U0FOREIGN1", CALL, extra=profile)
    await Thread(workspace, alice, general, root.ts).answers(1)
    assert "[Zoë Bright, " in model.seen()
