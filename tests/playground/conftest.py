"""An open workspace without limits and with short waits, and its clients."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, open_workspace
from chathakase.playground.person import PersonClient


@pytest.fixture
def ack_timeout() -> float:
    """Seconds; the real ones, so that a busy machine is no trouble."""
    return 3.0


@pytest.fixture
async def workspace(outside: None, ack_timeout: float) -> AsyncIterator[Workspace]:
    delays = (0.0, 0.1, 0.2)
    async with open_workspace(seed=1, limits=NoLimits(), ack_timeout=ack_timeout, retry_delays=delays) as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def bot(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url, session=session)


@pytest.fixture
async def alice(workspace: Workspace) -> AsyncIterator[PersonClient]:
    async with workspace.person("alice") as person:
        yield person


@pytest.fixture
async def bob(workspace: Workspace) -> AsyncIterator[PersonClient]:
    async with workspace.person("bob") as person:
        yield person
