"""Commands are answered at once, without the model, and only when they are the whole message."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chathakase.engine.commands import COMMANDS
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.socket_mode.payloads import user_json
from chathakase.playground.web_api.methods import user_methods as people_methods
from tests.end_to_end.bot_settings import OPEN_TO_ALL
from tests.end_to_end.conftest import Thread
from tests.end_to_end.ephemerals import await_ephemeral
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]
Settled = Callable[[], Awaitable[object]]
pytestmark = pytest.mark.usefixtures("bot")


async def test_an_empty_mention_gets_a_hint(start: Start, model: ModelServer) -> None:
    thread = await start("@ChatHakase")
    (hint,) = await thread.answers(1)
    assert "help" in hint
    assert model.requests == []


@pytest.mark.parametrize(
    "text",
    [
        "@ChatHakase help",
        "@ChatHakase HELP!",
        "@ChatHakase:  Help ?",
        "@ChatHakase、help",
        "@ChatHakase　ｈｅｌｐ。",
        "@ChatHakase 「help」",
    ],
)
async def test_help_in_a_channel(text: str, start: Start, model: ModelServer) -> None:
    thread = await start(text)
    (answer,) = await thread.answers(1)
    for command in COMMANDS:
        assert f"`{command}`" in answer
    assert model.requests == []


@pytest.mark.parametrize("text", ["help", "：help", "ｈｅｌｐ", "＠ＣｈａｔＨａｋａｓｅ　ｈｅｌｐ。"])
async def test_help_in_a_direct_message(text: str, start: Start) -> None:
    thread = await start(text, channel="@")
    await thread.answers(1, containing="clear session")


@pytest.mark.parametrize(
    "text", ["help me, please", "what does clear session do?", "all sessions were fun", "stop it, help!"]
)
async def test_ordinary_talk_is_never_hijacked(text: str, start: Start) -> None:
    thread = await start(f"@ChatHakase {text}")
    assert await thread.answers(1) == [f"I heard: [alice] {text}"]


async def test_session_info_tells_what_is_remembered(
    start: Start, bob: PersonClient, model: ModelServer, settled: Settled
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("hello too", bob)
    await thread.answers(2, containing="too")
    await settled()
    await thread.say("Session  Info")
    answer = (await thread.answers(3, containing="Messages"))[-1]
    assert f"`{thread.channel}_{thread.ts}`" in answer
    assert "Messages: 4" in answer
    assert "People: alice, bob" in answer
    assert "`scripted`" in answer
    assert "archived after 1 h" in answer
    assert len(model.requests) == 2


async def test_commands_and_their_answers_are_no_part_of_the_context(start: Start, model: ModelServer) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("help")
    await thread.answers(2, containing="session info")
    await thread.say("and now?")
    await thread.answers(3, containing="and now?")
    assert model.requests[-1]["messages"][1:] == [
        {"role": "user", "content": "[alice] hello"},
        {"role": "assistant", "content": "I heard: [alice] hello"},
        {"role": "user", "content": "[alice] and now?"},
    ]


async def test_clear_session_forgets_what_was_said(start: Start, model: ModelServer, settled: Settled) -> None:
    thread = await start("@ChatHakase the word is swordfish")
    await thread.answers(1)
    await settled()
    await thread.say("clear session")
    await thread.answers(2, containing="forgotten 2 messages")
    await thread.say("what is the word?")
    await thread.answers(3, containing="what is the word?")
    assert "swordfish" not in model.said()


async def test_an_answer_under_way_ends_when_the_session_is_cleared(start: Start, model: ModelServer) -> None:
    model.will(says("The word", " is swordfish", hold=asyncio.Event()))
    thread = await start("@ChatHakase what is the word?")
    await thread.answers(1, containing="The word")
    await thread.say("clear session")
    first, second = await thread.answers(2)
    assert "forgotten 1 message " in second
    # A process that died from now on would not know of it any more.
    assert "was forgotten" in first
    assert "chathakase_stop" not in str(thread.replies()[0].blocks)
    await thread.workspace.until(lambda: model.gone == 1)
    assert first.startswith("The word")
    await thread.say("hello?")
    await thread.answers(3, containing="hello?")
    assert "The word" not in model.said()


async def test_all_sessions_is_for_workspace_admins(
    start: Start, workspace: Workspace, alice: PersonClient, bob: PersonClient, settled: Settled
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("all sessions", bob)
    await await_ephemeral(workspace, bob, "Sorry, only admins")
    other = await start("hi", person=bob, channel="@")
    await other.answers(1)
    await settled()
    await thread.say("all sessions")
    answer = await await_ephemeral(workspace, alice, "active sessions")
    assert "2 active sessions" in answer
    assert f"`{thread.channel}_{thread.ts}`: 2 messages of 1 person" in answer
    assert "a direct message" in answer
    assert "hello" not in answer
    assert len(thread.texts()) == 1, "nobody else reads it"


@pytest.mark.parametrize("access", [OPEN_TO_ALL])
@pytest.mark.parametrize(
    "change",
    [
        {"is_admin": False, "is_owner": False, "is_primary_owner": False},
        {"team_id": "T0ANOTHER1"},
        {"deleted": True},
        {"is_stranger": True},
    ],
)
async def test_an_admin_of_yesterday_or_of_elsewhere_is_none(
    start: Start, workspace: Workspace, alice: PersonClient, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    monkeypatch.setattr(people_methods, "user_json", lambda world, user: user_json(world, user) | change)
    await start("@ChatHakase all sessions")
    await await_ephemeral(workspace, alice, "Sorry, only admins")


@pytest.mark.parametrize("access", [OPEN_TO_ALL])
async def test_nobody_is_an_admin_while_slack_does_not_say_so(
    start: Start, workspace: Workspace, alice: PersonClient
) -> None:
    workspace.faults.http_error("users.info", 503, times=20)
    await start("@ChatHakase doctor")
    await await_ephemeral(workspace, alice, "Sorry, only admins")


async def test_the_doctor_is_for_admins_and_looks_at_everything(
    start: Start, workspace: Workspace, alice: PersonClient, bob: PersonClient
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("doctor", bob)
    await await_ephemeral(workspace, bob, "Sorry, only admins")
    await thread.say("doctor")
    findings = await await_ephemeral(workspace, alice, "**socket**: connected", within=15)
    for subject in ("bot token", "scopes", "events", "database", "clock"):
        assert f"**{subject}**" in findings
    # The scripted server has no list of models, but it answers.
    assert "❌" not in findings
    assert len(thread.texts()) == 1, "nobody else reads it"


async def test_a_command_is_answered_while_the_model_writes(start: Start, model: ModelServer) -> None:
    hold = asyncio.Event()
    model.will(says("Wait", " for it", hold=hold))
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await thread.say("session info")
    await thread.answers(2, containing="Messages: 1")
    hold.set()
    await thread.workspace.until(lambda: thread.texts()[0] == "Wait for it")
