"""A process that starts waits while another one migrates the database, and clears up after one that was killed."""

import asyncio
import logging
from dataclasses import replace
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from chathakase.storage.sqlite import connection, driver, starting
from chathakase.storage.sqlite.backup import save_copy
from chathakase.storage.sqlite.driver import schema_version
from chathakase.storage.sqlite.migrate import migrations
from chathakase.storage.sqlite.sqlite_errors import DatabaseError, SqliteFailure
from chathakase.storage.sqlite.starting import open_current
from tests.storage.database_faults import held_by_another_process
from tests.storage.databases import unpack

pytestmark = pytest.mark.slow

WAITS = "Another process is migrating"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "PRAGMAS", driver.PRAGMAS.replace("busy_timeout = 5000", "busy_timeout = 10"))
    monkeypatch.setattr(connection, "LOCKED", replace(connection.LOCKED, within=0.01))
    monkeypatch.setattr(starting, "MIGRATING", replace(starting.MIGRATING, first_wait=0.01))


async def opened(path: Path) -> int:
    async with open_current(path, clock=lambda: 0):
        return await schema_version(path)


@pytest.mark.usefixtures("outside")
async def test_it_waits_while_another_process_migrates(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = unpack(20, tmp_path)
    caplog.set_level(logging.INFO)
    async with held_by_another_process(database):
        start = asyncio.create_task(opened(database))
        while WAITS not in caplog.text:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert not start.done()
    assert await start == migrations()[-1].version
    assert caplog.text.count(WAITS) == 1


@pytest.mark.usefixtures("outside")
async def test_it_waits_for_nobody_who_holds_a_database_that_is_migrated(tmp_path: Path) -> None:
    database = unpack(20, tmp_path)
    await opened(database)
    async with held_by_another_process(database):
        with pytest.raises(DatabaseError) as refused:
            await opened(database)
    assert refused.value.failure is SqliteFailure.LOCKED


@pytest.mark.usefixtures("outside")
async def test_it_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "MIGRATING", replace(starting.MIGRATING, within=0.05))
    database = unpack(20, tmp_path)
    async with held_by_another_process(database):
        with pytest.raises(DatabaseError) as refused:
            await opened(database)
    assert refused.value.failure is SqliteFailure.LOCKED


async def test_what_was_left_of_a_copy_goes_unless_somebody_is_still_at_it(tmp_path: Path) -> None:
    database = tmp_path / "sessions.db"
    await opened(database)
    left, used, other = (tmp_path / f"sessions.db.{name}.part" for name in ("before-9.abc", "before-9.def", "before.x"))
    for each in (left, used, other):
        each.write_text("half")
    with used.open() as file:
        flock(file, LOCK_EX)
        copy = save_copy(database, "before-9")
    assert sorted(tmp_path.glob("*.db.*")) == sorted((copy, used, other))
    assert await schema_version(copy) == migrations()[-1].version
