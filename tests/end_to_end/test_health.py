"""Supervisors are told how the running bot is."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from chathakase.playground.server import Workspace
from tests.end_to_end.conftest import OpenBot, Thread
from tests.model_server import ModelServer, says

Start = Callable[..., Awaitable[Thread]]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def test_it_tells_of_the_socket_and_of_who_waits(
    open_the_bot: OpenBot, workspace: Workspace, start: Start, model: ModelServer, port: int
) -> None:
    hold = asyncio.Event()
    model.will(says("Wait", " for it", hold=hold))
    async with open_the_bot(chathakase_health=f"127.0.0.1:{port}"), aiohttp.ClientSession() as session:

        async def told(path: str) -> tuple[int, dict[str, object]]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                return response.status, await response.json() if path == "/health" else {}

        status, facts = await told("/health")
        assert (status, facts["ready"], facts["last_event_age"], facts["turns_waiting"]) == (200, True, None, 0)
        thread = await start("@ChatHakase hello")
        await thread.answers(1, containing="Wait")
        _, facts = await told("/health")
        assert facts["turns_waiting"] == 1
        assert facts["last_event_age"] is not None
        hold.set()
        workspace.socket_faults.refused = True
        workspace.drop_sockets()
        async with asyncio.timeout(30):
            while (await told("/ready"))[0] != 503:
                await asyncio.sleep(0.1)
        assert (await told("/live"))[0] == 200
