"""The app's end of a Socket Mode connection, by hand, and the error code of a call that fails."""

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from yarl import URL

from chathakase.playground import Workspace
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import App, Json

GENERAL, RANDOM, SECRET, ELSEWHERE = "C0GENERAL1", "C0RANDOM01", "C0SECRET01", "C0ELSEWHR1"
GROUP_DM, ALICE_DM, BOB_DM = "C0MPDM0001", "D0ALICE001", "D0BOB00001"
ALICE, BOB, CAROL, BOT = "U0ALICE001", "U0BOB00001", "U0CAROL001", "U0HAKASE01"


impatient = pytest.mark.parametrize("ack_timeout", [0.1])
"""For tests in which something is not acknowledged."""


async def error_of(call: Awaitable[Any]) -> str:
    """The code with which Slack refuses a call."""
    try:
        await call
    except SlackError as error:
        return error.code
    except SlackApiError as error:
        return str(error.response["error"])
    return pytest.fail("Slack took the call")


@dataclass
class AppSocket:
    """A connection that acknowledges what it receives unless told otherwise."""

    ws: aiohttp.ClientWebSocketResponse
    hello: Json
    url: str = ""
    received: list[Json] = field(default_factory=list)

    async def envelope(self, *, ack: bool = True) -> Json:
        """The next envelope or frame."""
        frame: Json = await self.ws.receive_json(timeout=20)
        self.received.append(frame)
        if ack and "envelope_id" in frame:
            await self.ack(frame)
        return frame

    async def event(self) -> Json:
        """The event in the next envelope."""
        event: Json = (await self.envelope())["payload"]["event"]
        return event

    async def distinct_events(self, number: int) -> list[Json]:
        """The next so many events; one that comes again, since a busy machine acknowledged it late, counts once."""
        events: dict[str, Json] = {}
        while len(events) < number:
            payload = (await self.envelope())["payload"]
            events[payload["event_id"]] = payload["event"]
        return list(events.values())

    async def ack(self, envelope: Json, **more: object) -> None:
        await self.ws.send_str(json.dumps({"envelope_id": envelope["envelope_id"], **more}))


async def socket_url(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    headers: dict[str, str] | None = None,
    app: App | None = None,
) -> str:
    """A new connection's address."""
    token = {"Authorization": f"Bearer {workspace.tokens_of(app or workspace.world.app).app}"}
    async with session.post(f"{workspace.api_url}apps.connections.open", headers=token | (headers or {})) as response:
        return str((await response.json())["url"])


@asynccontextmanager
async def app_socket(
    workspace: Workspace,
    session: aiohttp.ClientSession,
    *,
    headers: dict[str, str] | None = None,
    app: App | None = None,
) -> AsyncIterator[AppSocket]:
    """A Socket Mode connection that has been greeted; `headers` are those of the call and of the handshake."""
    url = await socket_url(workspace, session, headers, app)
    here = URL(url).with_host(URL(workspace.address).host or "").with_port(URL(workspace.address).port)
    async with session.ws_connect(here, headers=headers) as ws:
        yield AppSocket(ws, await ws.receive_json(timeout=20), url)
