"""No redirect takes a token, or people's words, to where it leads."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiohttp import ClientResponseError, web
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.slack.events.responding import respond
from chathakase.slack.socket_mode.opener import ODD_ADDRESS, NotOpened, Opener
from chathakase.slack.socket_mode.socket_timing import USUAL
from chathakase.slack.socket_mode.wire import Frame, Wire
from chathakase.slack.web.call_errors import failure_of
from chathakase.slack.web.client import open_session, web_client
from chathakase.slack.web.web_addresses import Elsewhere
from tests.slack.events.file_host import FileHost, answering, open_server

STATUSES = (301, 302, 303, 307, 308)


@pytest.fixture
async def stranger(outside: None) -> AsyncIterator[FileHost]:
    async with open_server() as opened:
        opened.handler = answering(lambda: web.json_response({"ok": True}))
        yield opened


@pytest.fixture
async def server(stranger: FileHost) -> AsyncIterator[FileHost]:
    async with open_server() as opened:
        headers = {"Location": stranger.address}
        opened.handler = answering(*(partial(web.Response, status=status, headers=headers) for status in STATUSES))
        yield opened


@pytest.fixture
async def client(server: FileHost) -> AsyncIterator[AsyncWebClient]:
    async with open_session() as session:
        yield web_client(session, token="xoxb-secret", api_url=f"{server.address}/api/")


async def test_a_call_is_not_redirected(client: AsyncWebClient, server: FileHost, stranger: FileHost) -> None:
    for status in STATUSES:
        with pytest.raises(ClientResponseError) as caught:
            await client.chat_postMessage(channel="C1", text="our secret")
        failure = failure_of(caught.value)
        assert (failure.code, failure.passes, failure.unsure) == (f"http_{status}", False, False)
    assert (len(server.asked), stranger.asked) == (len(STATUSES), [])


async def test_an_answer_to_an_interaction_is_not_redirected(
    client: AsyncWebClient, server: FileHost, stranger: FileHost
) -> None:
    for _ in STATUSES:
        with pytest.raises(ClientResponseError):
            await respond(client, f"{server.address}/hooks/1", {"delete_original": True})
    assert (server.asked, stranger.asked) == (["/hooks/1"] * len(STATUSES), [])
    assert server.tokens == [""] * len(STATUSES)


async def test_an_interaction_is_answered_where_slack_is_alone(client: AsyncWebClient, stranger: FileHost) -> None:
    for address in (f"{stranger.address}/hooks", f"{client.base_url}chat.postMessage", "hooks", None, 7, ["x"]):
        with pytest.raises(Elsewhere):
            await respond(client, address, {"delete_original": True})
    assert stranger.asked == []


async def test_a_socket_is_not_redirected(client: AsyncWebClient, server: FileHost, stranger: FileHost) -> None:
    async def take(_: Wire, __: Frame) -> None:
        raise AssertionError

    async with open_session() as session:
        opener = Opener(client, session, app_token="xapp-1", take=take, timing=USUAL, clock=lambda: 0.0)
        with pytest.raises(NotOpened) as caught:
            await opener.connect(f"{server.address.replace('http', 'ws')}/link?ticket=1")
        assert caught.value.code == "http_301"
        for odd in ("https://slack.com", "", "file:///etc/passwd", "ws://a@b/link"):
            with pytest.raises(NotOpened) as caught:
                await opener.connect(odd)
            assert caught.value.code == ODD_ADDRESS
    assert (server.asked, stranger.asked) == (["/link"], [])
