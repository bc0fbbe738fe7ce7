"""Faults on demand: what slack_sdk makes of them, what was done nevertheless, and which calls they come to."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import Workspace
from chathakase.playground.faults import UPLOAD, CallFault
from chathakase.playground.person import PersonClient
from tests.playground.clients import GENERAL, error_of

METHOD = "chat.postMessage"


@pytest.fixture
def bot(bot: AsyncWebClient) -> AsyncWebClient:
    """Without the handler that tries again after a connection has broken."""
    bot.retry_handlers.clear()
    return bot


async def _never(answer: asyncio.Future[Any]) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(answer, 0.2)


def _said(workspace: Workspace) -> list[str]:
    return [message.text for message in workspace.world.timeline(GENERAL).messages()]


async def test_faults_come_in_the_order_in_which_they_were_asked_for(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.rate_limit("auth.test", retry_after=7)
    workspace.faults.http_error("auth.test", 503)
    workspace.faults.slack_error("*", "fatal_error")
    with pytest.raises(SlackApiError) as limited:
        await bot.auth_test()
    assert limited.value.response.headers["Retry-After"] == "7"
    with pytest.raises(SlackApiError) as failed:
        await bot.auth_test()
    assert failed.value.response.status_code == 503
    assert await error_of(bot.auth_test()) == "fatal_error"
    assert (await bot.auth_test())["ok"]


async def test_faults_are_the_apps_and_not_peoples(
    workspace: Workspace, bot: AsyncWebClient, alice: PersonClient
) -> None:
    workspace.faults.slack_error("chat.postMessage", "fatal_error")
    assert await alice.say("all is well")
    assert await error_of(bot.chat_postMessage(channel=GENERAL, text="hi")) == "fatal_error"


async def test_an_answer_may_be_lost_after_the_call_was_done(workspace: Workspace, bot: AsyncWebClient) -> None:
    bot.retry_handlers.clear()
    workspace.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.chat_postMessage(channel=GENERAL, text="done but not told")
    (call,) = workspace.journal.calls("chat.postMessage")
    assert (call.status, call.ok) == (0, False)
    assert len(workspace.world.timeline(GENERAL)) == 1


async def test_a_call_may_be_slow(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.delay("auth.test", 0.05)
    await bot.auth_test()
    assert workspace.journal.calls("auth.test")[0].seconds >= 0.05
    workspace.faults.delay("auth.test", 5, times=3)
    workspace.faults.clear()
    await bot.auth_test()
    assert workspace.journal.calls("auth.test")[1].seconds < 1


async def test_a_call_may_wait_for_something(workspace: Workspace, bot: AsyncWebClient) -> None:
    held = asyncio.Event()
    workspace.faults.hold(METHOD, held)
    first = asyncio.create_task(bot.chat_postMessage(channel=GENERAL, text="one"))
    await _never(asyncio.shield(first))
    await bot.chat_postMessage(channel=GENERAL, text="two")
    held.set()
    await first
    assert _said(workspace) == ["two", "one"]


async def test_a_call_may_be_lost_before_it_is_done(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.lose_call(METHOD)
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.chat_postMessage(channel=GENERAL, text="neither done nor told")
    (call,) = workspace.journal.calls(METHOD)
    assert (call.status, call.ok, _said(workspace)) == (0, False, [])


async def test_a_refusal_may_be_lost_as_well(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.lose_answer(METHOD)
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.chat_postMessage(channel="C0NOWHERE0", text="hi")
    assert workspace.journal.calls(METHOD)[0].error == "channel_not_found"


@pytest.mark.parametrize("done", [False, True])
async def test_an_answer_may_never_come(workspace: Workspace, bot: AsyncWebClient, done: bool) -> None:
    workspace.faults.hang(METHOD, done=done)
    calling = asyncio.ensure_future(bot.chat_postMessage(channel=GENERAL, text="hi"))
    await workspace.until(lambda: workspace.journal.calls(METHOD))
    await _never(calling)
    assert workspace.journal.calls(METHOD)[0].status == 0
    assert _said(workspace) == (["hi"] if done else [])
    assert (await bot.chat_postMessage(channel=GENERAL, text="again"))["ok"]


async def test_silence_may_end_with_a_broken_connection(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.add(METHOD, CallFault(lose_call=True, silence=0.05))
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot.chat_postMessage(channel=GENERAL, text="hi")


@pytest.mark.parametrize("status", [200, 502])
async def test_an_answer_may_be_a_page(workspace: Workspace, bot: AsyncWebClient, status: int) -> None:
    workspace.faults.html(METHOD, status)
    with pytest.raises(SlackApiError) as failed:
        await bot.chat_postMessage(channel=GENERAL, text="hi")
    assert (failed.value.response.status_code, failed.value.response.data) == (status, {})
    assert _said(workspace) == []


async def test_slack_may_say_ratelimited_with_status_200(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.slack_error(METHOD, "ratelimited")
    with pytest.raises(SlackApiError) as failed:
        await bot.chat_postMessage(channel=GENERAL, text="hi")
    assert (failed.value.response.status_code, failed.value.response["error"]) == (200, "ratelimited")


async def test_a_fault_may_come_to_later_calls(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.slack_error(METHOD, "internal_error", after=1)
    workspace.faults.slack_error(METHOD, "fatal_error", after=1)
    for error in (None, "internal_error", None, "fatal_error", None):
        call = bot.chat_postMessage(channel=GENERAL, text="hi")
        assert error == (await error_of(call) if error else (await call).get("error"))


Failing = Callable[[Workspace], None]


@pytest.mark.parametrize(
    ("failing", "kind"),
    [
        (lambda workspace: workspace.faults.http_error(UPLOAD, 500), SlackRequestError),
        (lambda workspace: workspace.faults.rate_limit(UPLOAD), SlackRequestError),
        (lambda workspace: workspace.faults.html(UPLOAD, 503), SlackRequestError),
        (lambda workspace: workspace.faults.lose_call(UPLOAD), aiohttp.ClientConnectionError),
        (lambda workspace: workspace.faults.lose_answer(UPLOAD), aiohttp.ClientConnectionError),
    ],
)
async def test_an_upload_may_fail(
    workspace: Workspace, bot: AsyncWebClient, failing: Failing, kind: type[Exception]
) -> None:
    failing(workspace)
    with pytest.raises(kind):
        await bot.files_upload_v2(channel=GENERAL, content="x", filename="a.txt")
    assert not workspace.journal.calls(UPLOAD)[0].ok
    assert not workspace.journal.calls("files.completeUploadExternal")
    await bot.files_upload_v2(channel=GENERAL, content="x", filename="a.txt")
    assert workspace.journal.calls(UPLOAD)[1].ok


async def test_an_upload_may_hang(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.hang(UPLOAD, done=True, after=1)
    await bot.files_upload_v2(channel=GENERAL, content="x", filename="a.txt")
    second = asyncio.ensure_future(bot.files_upload_v2(channel=GENERAL, content="x", filename="b.txt"))
    await workspace.until(lambda: len(workspace.journal.calls(UPLOAD)) == 2)
    await _never(second)
    about = {"file": workspace.journal.calls(UPLOAD)[1].arguments["file"], "filename": "b.txt", "length": 1}
    assert workspace.journal.calls(UPLOAD)[1].arguments == about


async def test_a_fault_for_what_writes_spares_everything_else(workspace: Workspace, bot: AsyncWebClient) -> None:
    workspace.faults.http_error("writes", 500)
    await bot.auth_test()
    await bot.users_list()
    with pytest.raises(SlackApiError, match="internal_error"):
        await bot.chat_postMessage(channel=GENERAL, text="hello")
    await bot.chat_postMessage(channel=GENERAL, text="hello")
