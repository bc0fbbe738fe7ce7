"""Whatever address comes with a payload or an answer, nobody has the bot call its own Slack with its token."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from aiohttp import web

from chathakase.playground.content import file_json as content
from chathakase.playground.interactivity.hooks import Hooks
from chathakase.playground.journal import ApiCall
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.web_api.methods import file_methods as files_methods
from chathakase.playground.world.workspace_files import File
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose
from tests.model_server import ModelServer
from tests.slack.events.file_host import answering, open_server

Start = Callable[..., Awaitable[Thread]]

SECRET = "the merger is called swordfish"
METHODS = ("conversations.history?channel={channel}", "chat.postMessage?channel={channel}&text=hello")


def of_the_bot(workspace: Workspace, *methods: str) -> Sequence[ApiCall]:
    return [call for call in workspace.journal.calls() if call.method in methods]


def tell_of_files(monkeypatch: pytest.MonkeyPatch, *, in_messages: dict[str, Any], when_asked: dict[str, Any]) -> None:
    """Have the workspace tell other things of files, in messages and by files.info."""
    told = content.file_json

    def in_message(world: Any, file: File) -> Any:
        return told(world, file) | in_messages

    def in_answer(world: Any, file: File) -> Any:
        return told(world, file) | when_asked

    monkeypatch.setattr(content, "file_json", in_message)
    monkeypatch.setattr(files_methods, "file_json_with_places", in_answer)


async def a_file_is_shared(workspace: Workspace, alice: PersonClient) -> Thread:
    file = File("F0SECRET01", "plan.txt", "plan.txt", alice.id, 1, len(SECRET))
    workspace.world.files.put(file, SECRET.encode())
    channel = alice.direct_message().id
    workspace.world.files.note_shared(file.id, channel)
    fields = {"subtype": "file_share", "files": (file.id,)}
    message = workspace.world.post(channel, alice.id, "what does it say?", **fields)
    return Thread(workspace, alice, channel, message.ts)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("remote", [False, True])
async def test_the_address_of_a_file_leads_to_no_method(
    workspace: Workspace,
    alice: PersonClient,
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    asked: bool,
    remote: bool,
) -> None:
    secret = workspace.channel("random").id
    workspace.world.post(secret, alice.id, SECRET)
    address = f"{workspace.api_url}{method.format(channel=secret)}"
    urls = {"url_private": address, "url_private_download": address}
    sign = {"is_external": True, "mode": "external", "external_type": "app"} if remote else {}
    nothing = {"url_private": "", "url_private_download": ""}
    tell_of_files(monkeypatch, in_messages=nothing if asked else urls | sign, when_asked=urls | sign)
    thread = await a_file_is_shared(workspace, alice)
    await thread.answers(1)
    assert "plan.txt – cannot be read: it is stored outside Slack" in model.seen()
    assert SECRET not in model.seen()
    assert "hello" not in [message.text for message in workspace.world.timeline(secret).messages()]
    assert not [call for call in of_the_bot(workspace, "conversations.history") if SECRET in str(call.answer)]
    assert len(of_the_bot(workspace, "files.info")) == asked


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_is_too_long_is_sent_to_no_method_and_along_no_redirect(
    workspace: Workspace, start: Start
) -> None:
    async with open_server() as stranger:
        stranger.handler = answering(web.Response)
        for address in (stranger.address, f"{workspace.api_url}chat.postMessage?channel=C0RANDOM01&text=hello&as="):
            workspace.world.files.base = address
            thread = await start("hello", channel="@")
            await thread.answers(1)
            await thread.say("export session")
            await thread.answers(2, containing="couldn't share")
        assert stranger.asked == []


@pytest.mark.parametrize("path", ["/api/chat.delete", "/api", "elsewhere"])
async def test_a_question_is_taken_away_by_no_method_and_nobody_else(
    workspace: Workspace,
    alice: PersonClient,
    start: Start,
    open_the_bot: OpenBot,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    async with open_server() as stranger, open_the_bot():
        stranger.handler = answering(web.Response)
        origin = workspace.api_url.removesuffix("/api/")
        address = f"{stranger.address}/hooks" if path == "elsewhere" else f"{origin}{path}"
        monkeypatch.setattr(Hooks, "url", lambda *_, **__: address)
        thread = await start("hello", channel="@")
        await thread.answers(1)
        await thread.say("forget")
        await choose(workspace, alice, "My messages here")
        await await_ephemeral(workspace, alice, "I have forgotten")
        assert stranger.asked == []
        assert not of_the_bot(workspace, "chat.delete", "response_url")
