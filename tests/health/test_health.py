"""What supervisors hear, over HTTP."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from chathakase.core.errors import CannotListen
from chathakase.health import VitalSigns, health_server, open_health

pytestmark = pytest.mark.usefixtures("outside")

WELL = VitalSigns(connected=True, database=True, last_event_age=1.26, turns_waiting=2, oldest_wait=3.04)


class BotSigns:
    """Tells how it is."""

    def __init__(self) -> None:
        self.signs = WELL
        self.answers = asyncio.Event()
        self.answers.set()

    async def vital_signs(self) -> VitalSigns:
        await self.answers.wait()
        return self.signs


@pytest.fixture
def bot() -> BotSigns:
    return BotSigns()


@pytest.fixture
async def http(outside: None, bot: BotSigns) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        open_health(("127.0.0.1", 0), bot.vital_signs) as base,
        aiohttp.ClientSession(base_url=base) as session,
    ):
        yield session


async def heard(http: aiohttp.ClientSession, path: str, method: str = "GET") -> tuple[int, str]:
    async with http.request(method, path) as response:
        return response.status, await response.text()


async def test_all_is_well(http: aiohttp.ClientSession) -> None:
    assert await heard(http, "/live") == (200, "live\n")
    assert await heard(http, "/ready") == (200, "ready\n")
    async with http.get("/health") as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.json() == {
            "live": True,
            "ready": True,
            "connected": True,
            "database": True,
            "last_event_age": 1.3,
            "turns_waiting": 2,
            "oldest_wait": 3.0,
            "consumers": 1,
        }


@pytest.mark.parametrize(("connected", "database"), [(True, False), (False, True), (False, False)])
async def test_a_bot_that_cannot_answer_lives_but_is_not_ready(
    connected: bool, database: bool, bot: BotSigns, http: aiohttp.ClientSession
) -> None:
    bot.signs = VitalSigns(connected=connected, database=database)
    assert await heard(http, "/live") == (200, "live\n")
    assert await heard(http, "/ready") == (503, "not ready\n")
    async with http.get("/health") as response:
        assert response.status == 503
        facts = await response.json()
    assert (facts["live"], facts["ready"], facts["last_event_age"]) == (True, False, None)
    assert (facts["connected"], facts["database"]) == (connected, database)


async def test_a_bot_that_does_not_tell_in_time_is_not_live(
    bot: BotSigns, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_server, "WITHIN", 0.05)
    bot.answers.clear()
    assert await heard(http, "/live") == (503, "not live\n")
    assert await heard(http, "/ready") == (503, "not ready\n")
    assert await heard(http, "/health") == (503, '{"live": false, "ready": false}')
    bot.answers.set()
    assert await heard(http, "/live") == (200, "live\n")


async def test_a_bot_that_fails_to_tell_is_not_live_and_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> VitalSigns:
        raise RuntimeError("swordfish")

    async with open_health(("127.0.0.1", 0), fail) as base, aiohttp.ClientSession(base_url=base) as session:
        with caplog.at_level(logging.WARNING):
            assert await heard(session, "/health") == (503, '{"live": false, "ready": false}')
    assert "RuntimeError" in caplog.text
    assert "swordfish" not in caplog.text


async def test_nothing_can_be_done_from_outside(http: aiohttp.ClientSession) -> None:
    assert await heard(http, "/live", "HEAD") == (200, "")
    for method in ("POST", "PUT", "DELETE"):
        assert (await heard(http, "/live", method))[0] == 405
    assert (await heard(http, "/"))[0] == 404


async def test_a_port_that_is_taken_is_told(bot: BotSigns) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"CHATHAKASE_HEALTH: port {port} is already in use"):
            async with open_health(("127.0.0.1", port), bot.vital_signs):
                pass


async def test_a_host_that_is_not_ours_is_told(bot: BotSigns) -> None:
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1 is not an address of this machine"):
        async with open_health(("192.0.2.1", 0), bot.vital_signs):
            pass


@pytest.mark.parametrize("host", ["", "localhost"])
async def test_it_listens_where_it_is_told_to(host: str, bot: BotSigns) -> None:
    async with open_health((host, 0), bot.vital_signs) as base, aiohttp.ClientSession(base_url=base) as session:
        assert await heard(session, "/live") == (200, "live\n")
