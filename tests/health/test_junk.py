"""What comes to the health port besides the questions of supervisors."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from chathakase.health import VitalSigns, health_server, open_health
from tests.junk import JUNK, SECRET, send

pytestmark = pytest.mark.usefixtures("outside")

GOOD = b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n"


async def vital_signs() -> VitalSigns:
    return VitalSigns(connected=True, database=True)


@pytest.fixture
async def port(outside: None) -> AsyncIterator[int]:
    async with open_health(("127.0.0.1", 0), vital_signs) as base:
        yield int(base.rpartition(":")[2])


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


async def test_junk_is_one_line_in_the_log(port: int, log: pytest.LogCaptureFixture) -> None:
    for data in JUNK.values():
        await send(port, data)
    said = [record for record in log.records if record.name != "asyncio"]
    assert [record.getMessage() for record in said] == ["The health port received something that is not HTTP"]
    assert not any(record.exc_info for record in log.records)
    assert SECRET not in log.text
    assert b"200 OK" in await send(port, GOOD, wait=20)


async def test_a_failure_of_ours_is_a_line_without_a_traceback(
    port: int, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_server, "_said", lambda *_, **__: 1 // 0)
    assert b"500" in await send(port, GOOD, wait=20)
    (record,) = [record for record in log.records if record.name != "asyncio"]
    assert record.getMessage().startswith("A request to the health port failed: ZeroDivisionError at ")
    assert not record.exc_info


@pytest.mark.parametrize("begun", [b"", b"GET /live HT", b"GET /live HTTP/1.1\r\nHost: x\r\n", GOOD], ids=repr)
async def test_whoever_asks_nothing_is_not_waited_for(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_server, "IDLE", 0.05)
    async with open_health(("127.0.0.1", 0), vital_signs) as base:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(begun)
        async with asyncio.timeout(20):
            await reader.read()
        writer.close()


async def test_a_crowd_keeps_no_supervisor_out(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_server, "CONNECTIONS", 5)
    crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
    assert b"200 OK" in await send(port, GOOD, wait=20)
    with suppress(ConnectionError):
        async with asyncio.timeout(20):
            for reader, _ in crowd[:20]:
                assert await reader.read() == b""
    for _, writer in crowd:
        writer.close()
