"""What lists tell of a session is right while people write, change and delete, and when the process is killed."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from tests.end_to_end.at_rest import all_answers_kept
from tests.end_to_end.conftest import Thread
from tests.end_to_end.process import running
from tests.model_server import ModelServer, says
from tests.storage.truth import MESSAGES, PARTICIPANTS, SESSIONS, Counts, StoredRow, kept, true

Start = Callable[..., Awaitable[Thread]]
BURST = 15


def look(database: Path) -> Counts:
    """What is kept of the one session, which is the truth at every moment."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN")
        sessions, participants, messages = (
            connection.execute(sql).fetchall() for sql in (SESSIONS, PARTICIPANTS, MESSAGES)
        )
    found = kept(sessions, participants)
    assert found == true(found, (StoredRow(*row) for row in messages))
    (counts,) = found.values()
    return counts


@pytest.mark.long
async def test_it_is_right_through_a_burst_a_kill_and_what_follows(
    environment: dict[str, str],
    workspace: Workspace,
    start: Start,
    model: ModelServer,
    people: dict[str, PersonClient],
    database: Path,
    tmp_path: Path,
) -> None:
    alice, bob, carol = people.values()
    model.will(says("It is", " a fish.", hold=asyncio.Event()))
    async with running(environment, workspace, tmp_path / "log") as process:
        thread = await start("@ChatHakase what is a swordfish?")
        await thread.answers(1, containing="It is")
        said = await asyncio.gather(
            *(thread.say(f"@ChatHakase part {n}", (alice, bob, carol)[n % 3]) for n in range(BURST))
        )
        await workspace.until(lambda: look(database).messages == 1 + BURST)
        process.kill()
        await process.wait()
    assert set(look(database).participants or ()) == {alice.id, bob.id, carol.id}
    async with running(environment, workspace, tmp_path / "log"):
        # One answer for all of it, or two.
        await workspace.until(lambda: look(database).messages > 1 + BURST and all_answers_kept(database), 30)
        answered = look(database).messages
        await alice.edit(thread.channel, said[0], "@ChatHakase the first part")
        await bob.delete(thread.channel, said[1])
        await workspace.until(lambda: look(database).messages == answered - 1)
        await thread.say("forget my messages here", carol)
        await workspace.until(lambda: carol.id not in (look(database).participants or ()), 30)
        assert look(database).messages == answered - 1 - BURST // 3
        last = await thread.say("@ChatHakase and now?", bob)
        await workspace.until(lambda: (look(database).last or ("",))[0].startswith("I heard: [bob]"), 30)
        assert (look(database).participants or {})[bob.id] == int(last.replace(".", ""))
