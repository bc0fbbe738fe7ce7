"""A process ends though a connection was left open in it, as whoever fails in the middle leaves one."""

import subprocess
import sys
from pathlib import Path

import pytest

from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate

pytestmark = pytest.mark.usefixtures("outside")

LEAVE = """
import asyncio, sys
from pathlib import Path
from chathakase.storage.sqlite.driver import open_sqlite

async def leave(path, sql):
    opening = open_sqlite(path)
    database = await opening.__aenter__()
    await database.fetch("SELECT 1")
    if sql:
        asyncio.ensure_future(database.write(sql))
        await asyncio.sleep(0.2)
    return opening, database

loop = asyncio.new_event_loop()
left = loop.run_until_complete(leave(Path(sys.argv[1]), sys.argv[2]))
raise SystemExit(7)
"""

FOR_EVER = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
INSERT INTO listened (surface, workspace, until) SELECT 'slack', n, 0 FROM numbers
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-c", LEAVE, *arguments]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("sql", ["", FOR_EVER], ids=["idle", "in a statement without an end"])
async def test_a_process_ends_though_a_connection_was_left_open(sql: str, database: Path) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    ran = run(str(database), sql)
    assert ran.returncode == 7, ran.stderr
    assert "Fatal" not in ran.stderr
    async with open_sqlite(database) as opened:
        assert await opened.fetch("SELECT count(*) FROM listened") == [(0,)]
