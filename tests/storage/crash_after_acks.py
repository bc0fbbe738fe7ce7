"""``python -m tests.storage.crash_after_acks FOLDER KILLS``: kills a process at the instant of an acknowledgement.

A process of its own saves messages and tells of each one that is saved, as Slack is told; it is killed as soon as some
have been told. What was told must be in the file and its ``-wal`` alone, which is all that a machine finds after its
power failed, as far as it was synchronised. Meanwhile people change and forget what they said in another thread; what
is kept of a session besides its messages must be right wherever that was cut short.
"""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from chathakase.core.memory import Change, Scope
from chathakase.core.types import Expiry, ExpiryMode, Session
from chathakase.slack.timestamps import microseconds
from chathakase.storage.open_stores import SqlStores, open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from tests.places import slack_place
from tests.storage.database_stores import ID, TIMEOUT, DatabaseClock, answer, said
from tests.storage.truth import MESSAGES, PARTICIPANTS, SESSIONS, StoredRow, kept, true

OTHER = slack_place("C2", "1.000001")


async def save(path: Path, told: int, life: int) -> None:
    """Save messages and answers for ever, and tell of each."""
    async with open_sqlite(path, clock=DatabaseClock(DatabaseClock.now + life * TIMEOUT)) as database:
        await migrate(database, now=0)
        stores = open_stores(database, expiry=Expiry(TIMEOUT, ExpiryMode.ARCHIVE))
        sessions, turns = stores.sessions, stores.turns
        for number in range(1_000):
            ref = f"{life}.{number:06d}"
            await sessions.append(said(ref, "hello " * 500))
            os.write(told, f"{ref}\n".encode())
            if (lease := await turns.claim(ID)) is not None:
                await turns.finish(lease, answer(f"answer to {ref}"))
                os.write(told, f"answer to {ref}\n".encode())
            await change_and_forget(stores, ref)


async def change_and_forget(stores: SqlStores, ref: str) -> None:
    """Say something, change it, and have all but the newest forgotten now and then."""
    at = microseconds(ref)
    saved = await stores.sessions.append(said(ref, place=OTHER, author=f"U{at % 3}"))
    await stores.changes.change(Change(OTHER, ref, at, said(ref, f"changed at {ref}", place=OTHER)))
    if at % 4 == 0 and saved.session:
        session = Session(saved.session, OTHER)
        await stores.forgetting.forget(Scope.HERE, author=f"U{at % 3}", session=session, before=ref)


def live(path: Path, life: int, acks: int) -> list[str]:
    """Have a process save, and kill it when it has told of so many; returns what it told."""
    listening, telling = os.pipe()
    process = os.fork()
    if not process:
        asyncio.run(save(path, telling, life))
        os._exit(1)
    os.close(telling)
    with os.fdopen(listening, "rb", buffering=0) as heard:
        said_so = b""
        while said_so.count(b"\n") < acks and (more := heard.read(1_000)):
            said_so += more
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        said_so += heard.read()
    return said_so.decode().splitlines()


def found(path: Path, copy: Path) -> set[str]:
    """What a copy of the file and its ``-wal`` holds."""
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
    Path(f"{copy}-shm").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise AssertionError("the file is not whole")
        sessions, participants = connection.execute(SESSIONS).fetchall(), connection.execute(PARTICIPANTS).fetchall()
        told = kept(sessions, participants)
        if told != true(told, [StoredRow(*row) for row in connection.execute(MESSAGES)]):
            raise AssertionError("what is kept of a session is not what its messages are")
        rows = connection.execute("SELECT CASE role WHEN 'user' THEN ref ELSE text END FROM messages")
        return {str(text) for (text,) in rows}


def main(folder: Path, kills: int) -> None:
    """Kill so many processes and print what was lost."""
    rng = random.Random(1)
    told: set[str] = set()
    for life in range(1, kills + 1):
        told.update(live(folder / "sessions.db", life, rng.randrange(1, 6)))
        lost = told - found(folder / "sessions.db", folder / "copy.db")
        if lost:
            raise AssertionError(f"lost after {life} kills: {sorted(lost)}")
    sys.stdout.write(f"{kills} kills, {len(told)} acknowledged, 0 lost\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
