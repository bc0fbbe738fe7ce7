"""Clients that none of us wrote: those of slack_sdk by default, and what others put into their requests."""

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient as AiohttpClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.builtin import SocketModeClient as BuiltinClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.websocket_client import SocketModeClient as WebsocketClientClient
from slack_sdk.socket_mode.websockets import SocketModeClient as WebsocketsClient
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient
from chathakase.playground.world.values import Json
from tests.playground.clients import GENERAL, app_socket

pytestmark = pytest.mark.usefixtures("outside")

SLACK_GO = {"Origin": "https://api.slack.com", "User-Agent": "Go-http-client/1.1"}
"""What gorilla/websocket is told to send by slack-go."""


@contextmanager
def blocking(client: BaseSocketModeClient) -> Iterator[BaseSocketModeClient]:
    with closing(client):
        yield client


@pytest.mark.parametrize("kind", [BuiltinClient, WebsocketClientClient])
async def test_the_blocking_clients_of_slack_sdk_connect_and_hear(
    workspace: Workspace, alice: PersonClient, kind: type[Any]
) -> None:
    heard = threading.Event()
    web = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
    with blocking(kind(app_token=workspace.app_token, web_client=web)) as client:
        client.message_listeners.append(lambda _client, message, _raw: heard.set() if "payload" in message else None)
        await asyncio.to_thread(client.connect)
        await workspace.wait_for_socket()
        await alice.say("hello")
        assert await asyncio.to_thread(heard.wait, 20)


@pytest.mark.parametrize("kind", [AiohttpClient, WebsocketsClient])
async def test_the_asynchronous_clients_of_slack_sdk_connect_and_hear(
    workspace: Workspace, alice: PersonClient, kind: type[Any]
) -> None:
    heard = asyncio.Event()
    web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    client = kind(app_token=workspace.app_token, web_client=web)

    async def listen(_client: AsyncBaseSocketModeClient, message: Json, _raw: str | None) -> None:
        if "envelope_id" in message:
            heard.set()

    client.message_listeners.append(listen)
    await client.connect()
    try:
        await workspace.wait_for_socket()
        await alice.say("hello")
        await asyncio.wait_for(heard.wait(), 20)
    finally:
        await client.close()


@pytest.mark.parametrize("headers", [SLACK_GO, {"Host": "127.0.0.1"}, {"Host": "slack.example"}, {"Origin": "null"}])
async def test_a_ticket_is_enough_for_a_socket(
    workspace: Workspace, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with app_socket(workspace, session, headers=headers) as app:
        assert app.hello["type"] == "hello"
        assert app.hello["num_connections"] == 1
        assert app.hello["debug_info"]


async def test_sockets_are_pinged(session: aiohttp.ClientSession) -> None:
    async with open_workspace(ping_every=0.01) as workspace:
        token = {"Authorization": f"Bearer {workspace.app_token}"}
        async with session.post(f"{workspace.api_url}apps.connections.open", headers=token) as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url, autoping=False) as ws:
            kinds = [(await ws.receive(timeout=20)) for _ in range(3)]
            assert kinds[0].type is aiohttp.WSMsgType.TEXT
            assert {each.type for each in kinds[1:]} == {aiohttp.WSMsgType.PING}
            assert bytes(kinds[1].data).startswith(b"Ping from ")
            workspace.let_sockets_die()


@pytest.mark.parametrize(
    "asked", ["localhost:{port}", "workspace.example:80", "workspace", "[::1]:{port}", "10.0.0.7:1"]
)
async def test_addresses_are_given_out_at_the_host_that_was_called(session: aiohttp.ClientSession, asked: str) -> None:
    async with open_workspace(host="0.0.0.0", limits=NoLimits()) as workspace, workspace.person("alice") as alice:
        port = URL(workspace.address).port
        assert workspace.address == f"http://127.0.0.1:{port}"
        host = asked.format(port=port)
        async with app_socket(workspace, session, headers={"Host": host}) as app:
            assert app.url.startswith(f"ws://{host}/link/")
            await alice.share("a.txt", b"a", channel=GENERAL, typed="http://127.0.0.1:1/files/F1/x")
            events = [await app.event(), await app.event()]
            message = next(event for event in events if event["type"] == "message")
            assert message["files"][0]["url_private"].startswith(f"http://{host}/files/")
            assert "http://127.0.0.1:1/files/F1/x" in message["text"]
            called = {"Host": host, "Authorization": f"Bearer {workspace.bot_token}"}
            upload = {"filename": "b.txt", "length": "1"}
            url = f"{workspace.api_url}files.getUploadURLExternal"
            async with session.post(url, data=upload, headers=called) as answer:
                assert (await answer.json())["upload_url"].startswith(f"http://{host}/upload/")


@pytest.mark.parametrize("host", ["", "not a host", "a:b:c", "<script>"])
async def test_a_host_that_is_none_changes_nothing(workspace: Workspace, host: str) -> None:
    address = URL(workspace.address)
    head = [
        "POST /api/apps.connections.open HTTP/1.1",
        f"Host: {host}",
        f"AUTHORIZATION: bearer {workspace.app_token}",
        "CONTENT-LENGTH: 0",
        "Connection: close",
    ]
    answer = await _raw(address, "\r\n".join(head) + "\r\n\r\n")
    if answer.split()[1] == "200":
        assert f'"url": "ws://{address.host}:{address.port}/link/' in answer
    else:
        assert answer.split()[1] == "400"


async def test_http_1_0_is_spoken(workspace: Workspace) -> None:
    address = URL(workspace.address)
    head = f"GET /api/auth.test?token={workspace.bot_token} HTTP/1.0\r\n\r\n"
    assert '"ok": true' in await _raw(address, head)


async def _raw(address: URL, request: str) -> str:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(request.encode())
    answer = (await asyncio.wait_for(reader.read(), 20)).decode()
    writer.close()
    await writer.wait_closed()
    return answer


def _form(token: str) -> Json:
    return {"data": {"token": token, "channel": GENERAL, "text": "hi & more"}}


REQUESTS: dict[str, Any] = {
    "a form with the token in it": lambda token: _form(token),
    "a form with a charset": lambda token: {
        "data": f"token={token}&channel={GENERAL}&text=hi+%26+more",
        "headers": {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
    },
    "a multipart form": lambda token: {
        "data": aiohttp.FormData(_form(token)["data"], default_to_multipart=True),
    },
    "the token in the query": lambda token: {
        "params": {"token": token},
        "data": {"channel": GENERAL, "text": "hi & more"},
    },
    "everything in the query, with an empty body": lambda token: {
        "params": {"token": token, "channel": GENERAL, "text": "hi & more"},
    },
    "JSON with the token in the header": lambda token: {
        "json": {"channel": GENERAL, "text": "hi & more"},
        "headers": {"AUTHORIZATION": f"bearer {token}"},
    },
    "JSON that is packed": lambda token: {
        "data": gzip.compress(json.dumps({"channel": GENERAL, "text": "hi & more"}).encode()),
        "headers": {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json; charset=UTF-8",
            "Content-Encoding": "gzip",
        },
    },
    "a form that waits for 100 Continue": lambda token: _form(token) | {"expect100": True},
    "a form in chunks": lambda token: _form(token) | {"chunked": True},
}


@pytest.mark.parametrize("given", REQUESTS.values(), ids=REQUESTS.keys())
async def test_a_call_may_come_in_any_of_these_shapes(
    workspace: Workspace, session: aiohttp.ClientSession, given: Any
) -> None:
    arguments = given(workspace.bot_token)
    async with session.post(f"{workspace.api_url}chat.postMessage", **arguments) as response:
        answer = await response.json()
    assert answer["ok"], answer
    assert answer["message"]["text"] == "hi &amp; more"


@pytest.mark.parametrize("method", ["auth.test", "api.test", "users.list", "conversations.list", "team.info"])
@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_what_reads_is_answered_to_get_and_to_an_empty_post(
    workspace: Workspace, session: aiohttp.ClientSession, method: str, verb: str
) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with session.request(verb, f"{workspace.api_url}{method}", headers=headers) as response:
        assert (await response.json())["ok"]


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_base_may_end_with_a_slash_or_not(workspace: Workspace, slash: str) -> None:
    web = WebClient(token=workspace.bot_token, base_url=workspace.api_url.rstrip("/") + slash)
    assert (await asyncio.to_thread(web.auth_test))["user_id"] == workspace.world.app.user_id
