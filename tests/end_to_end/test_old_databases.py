"""A database that an earlier version wrote, killed with its hands full, is taken over with all that was under way."""

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chathakase.core.title_cleaning import UNTITLED
from chathakase.findings import Level
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.storage.sqlite.database_diagnostics import check_database
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.sqlite.migrate import migrate, migrations
from tests.end_to_end.conftest import OpenBot, Thread, markdown
from tests.end_to_end.ephemerals import await_ephemeral, ephemerals
from tests.end_to_end.test_commands_export import exported, shell
from tests.model_server import ModelServer
from tests.storage.database_stores import DatabaseClock, stores_of
from tests.storage.databases import VERSIONS, unpack
from tests.storage.truth import assert_true

pytestmark = pytest.mark.parametrize("version", VERSIONS)

FOREVER = {"chathakase_session_timeout": 10**9, "chathakase_retention_days": 0}


@dataclass(frozen=True)
class Left:
    """What a process that was killed has left behind in one session."""

    channel: str
    thread: str
    turn: str | None
    refs: Sequence[str]


@pytest.fixture
def database(version: int, tmp_path: Path) -> Path:
    return unpack(version, tmp_path)


@pytest.fixture
async def workspace(database: Path) -> AsyncIterator[Workspace]:
    """The local Slack as the old bot left it; its files have another address now, which Slack's never have."""
    async with open_workspace(folder=database.parent / "slack", seed=1) as opened:
        with closing(sqlite3.connect(database)) as old, old:
            (url,) = old.execute("SELECT url FROM files LIMIT 1").fetchone()
            old.execute("UPDATE files SET url = replace(url, ?, ?)", (url.partition("/files")[0], opened.address))
        yield opened


def left(database: Path) -> dict[str, Left]:
    """The sessions by their titles, as the old bot left them."""
    sessions = """
    SELECT channel, thread, title, coalesce(s.turn, t.id), CASE WHEN t.id <> '' THEN t.reply_refs ELSE s.reply_refs END
    FROM sessions s JOIN titles ON titles.session = s.id LEFT JOIN turns t ON t.session = s.id AND t.wish <> ''
    """
    found = rows(database, sessions)
    return {title: Left(channel, thread, turn, json.loads(refs)) for channel, thread, title, turn, refs in found}


def rows(database: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def thread_of(workspace: Workspace, person: PersonClient, session: Left) -> Thread:
    return Thread(workspace, person, session.channel, session.thread)


def everything(workspace: Workspace) -> list[tuple[str, str, str]]:
    """All that stands in Slack."""
    world = workspace.world
    return [
        (conversation.id, message.ts, markdown(message))
        for conversation in world.conversations()
        for message in world.timeline(conversation.id).messages()
    ]


async def at_rest(workspace: Workspace, database: Path) -> None:
    """Wait until nothing waits."""
    waiting = """
    SELECT 1 FROM sessions WHERE asked > answered OR lease_owner <> '' UNION ALL SELECT 1 FROM turns WHERE action <> ''
    UNION ALL SELECT 1 FROM jobs WHERE done_at IS NULL
    """
    await workspace.until(lambda: not rows(database, waiting), 30)


async def test_what_was_under_way_goes_on_and_nothing_is_done_twice(
    open_the_bot: OpenBot, workspace: Workspace, people: dict[str, PersonClient], model: ModelServer, database: Path
) -> None:
    alice, bob, carol = people.values()
    was, shown = left(database), everything(workspace)
    sea, story = was["tell me of the sea"], was["tell me a story"]
    assert len(sea.refs) == len(story.refs) == 1
    async with open_the_bot(**FOREVER):
        await at_rest(workspace, database)
    assert len(model.requests) == 3
    # What was begun, and what was to be tried again, stand where they began.
    for session, words in ((sea, "tell me of the sea"), (story, "tell me a story")):
        (reply,) = thread_of(workspace, carol, session).replies()
        assert (reply.ts, markdown(reply)) == (session.refs[0], f"I heard: [carol] {words}")
        assert rows(database, f"SELECT outcome FROM turns WHERE id = '{session.turn}'") == [("answered",)]
    # The question that nobody held, with the file that nobody had read.
    (notes,) = thread_of(workspace, alice, was["what do my notes say?"]).texts()
    assert "[alice] what do my notes say?" in notes
    assert "Noodles are out." in notes
    # A command, and a button that was not bob's to press.
    dinner = thread_of(workspace, bob, was["Dinner in Kyoto"])
    assert sum("`session info`" in text for text in dinner.texts()) == 1
    assert len(ephemerals(workspace, bob)) == 1
    assert "only the person who asked" in ephemerals(workspace, bob)[0]
    new = {(channel, ts) for channel, ts, _ in everything(workspace)} - {(channel, ts) for channel, ts, _ in shown}
    assert len(new) == 2
    now = everything(workspace)
    async with open_the_bot(**FOREVER):
        await workspace.wait_for_socket()
        await dinner.say("and now?", bob)
        await workspace.until(lambda: "and now?" in dinner.texts()[-1])
        await at_rest(workspace, database)
    assert len(model.requests) == 4
    assert set(now) < set(everything(workspace))
    assert len(everything(workspace)) == len(now) + 2


async def test_it_is_told_of(
    open_the_bot: OpenBot, workspace: Workspace, people: dict[str, PersonClient], model: ModelServer, database: Path
) -> None:
    alice, *_ = people.values()
    was = left(database)
    costs = thread_of(workspace, alice, was["What we pay"])
    dinner = thread_of(workspace, alice, was["Dinner in Kyoto"])
    async with open_the_bot(**FOREVER):
        await at_rest(workspace, database)
        await dinner.say("session info")
        await workspace.until(lambda: "**Session**" in dinner.texts()[-1])
        told = dinner.texts()[-1]
        assert f"**Session** `{dinner.channel}_{dinner.ts}`\n- Title: Dinner in Kyoto\n" in told
        assert "- People: alice, bob\n- Messages: " in told
        await costs.say("all sessions")
        listed = await await_ephemeral(workspace, alice, "active sessions")
        assert listed.startswith("**9 active sessions**")
        assert f"`{costs.channel}_{costs.ts}`: 2 messages of 1 person" in listed
        await costs.say("search threads noodles")
        assert "Dinner in Kyoto" in await await_ephemeral(workspace, alice, "noodles")
        await costs.say("export session")
        await workspace.until(lambda: len(exported(costs)) == 2)
        await costs.say("doctor")
        findings = await await_ephemeral(workspace, alice, "**database**", within=15)
        assert "10 sessions stored, nobody is waiting for an answer" in findings
    assert json.loads(exported(costs)["json"])["messages"][0]["text"] == "what did we pay?"
    team = workspace.world.team.id
    assert rows(database, "SELECT DISTINCT surface, workspace FROM sessions") == [("slack", team)]


async def test_what_lists_tell_is_right_from_the_first_moment(version: int, database: Path) -> None:
    async with open_sqlite(database) as opened:
        applied = await migrate(opened, now=0)
        assert [each.version for each in applied] == list(range(version + 1, migrations()[-1].version + 1))
        await assert_true(opened)
    opened_by = dict(rows(database, "SELECT title, owner FROM sessions JOIN titles ON titles.session = sessions.id"))
    assert opened_by == {
        "remind us of the milk": "U0BOB00001",
        "Dinner in Kyoto": "U0ALICE001",
        "What we pay": "U0ALICE001",
        "which colour?": "U0ALICE001",
        UNTITLED: "",
        "Bob counts to six": "U0BOB00001",
        "tell me a story": "U0CAROL001",
        "tell me a joke": "U0CAROL001",
        "tell me of the sea": "U0CAROL001",
        "what do my notes say?": "U0ALICE001",
    }


KEPT = {
    "messages": "seq, role, text, author, name, ref, reply_to, asks, said, tokens, changed, at",
    "titles": "title, told, made_by",
    "summaries": "text, upto, messages, model, version, at",
    "files": "id, message, ref, name, kind, size, url, read_at, text, refusal, image_kind, image",
    "turns": "id, upto, attempts, outcome, error, model, reply_refs, began_at, ended_at, run, wish",
    "usage": "model, prompt_tokens, completion_tokens",
    "errands": "channel, thread, ref, author, command, argument, wish, turn, run, attempts, held_until, done_at",
    "sessions": "channel, thread, seq, asked, answered, lease_owner, lease_until, turn, turn_began, attempts, "
    "reply_refs, began_at, active_at, archived_at, generation",
}
"""What earlier versions hold, in their own names."""
RENAMED = {"errands": "jobs", "wish": "action"}


async def test_nothing_is_lost(database: Path) -> None:
    def stored(names: dict[str, str]) -> dict[str, list[str]]:
        """Each row with the name of its session, whatever that is known by."""
        named = "(SELECT channel || '_' || thread FROM sessions s WHERE s.id = {}) AS named"
        ids = dict.fromkeys(KEPT, "t.session") | {"sessions": "t.id"}
        return {
            table: sorted(map(str, rows(database, f"SELECT {columns}, {named.format(ids[table])} FROM {called} t")))
            for table, columns, called in (
                (table, ", ".join(names.get(column, column) for column in columns.split(", ")), names.get(table, table))
                for table, columns in KEPT.items()
            )
        }

    before = stored({})
    ((gone, said),) = rows(database, "SELECT session, said FROM gone")
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    assert stored(RENAMED) == before
    assert all(before.values())
    channel, _, thread = gone.partition("_")
    assert rows(database, "SELECT * FROM tombstones")[0][:5] == ("slack", "", channel, thread, said)


async def test_what_is_idle_expires_and_what_waits_does_not(database: Path) -> None:
    was = left(database)
    async with open_sqlite(database, clock=DatabaseClock(1_800_000_000_000)) as opened:
        await migrate(opened, now=0)
        stores = stores_of(opened)
        # One was archived by the old bot.
        assert await stores.forgetting.expire() == len(was) - 4
        await assert_true(opened)
    asleep = "SELECT title FROM sessions JOIN titles ON titles.session = sessions.id WHERE archived_at IS NULL"
    assert {title for (title,) in rows(database, asleep)} == {
        "tell me of the sea",
        "what do my notes say?",
        "tell me a story",
    }


@pytest.mark.parametrize("after", [False, True])
async def test_the_doctor_looks_at_it(version: int, after: bool, database: Path) -> None:
    newest = migrations()[-1].version
    if after:
        async with open_sqlite(database) as opened:
            await migrate(opened, now=0)
    before = database.read_bytes()
    findings = await check_database(database, now=1_796_000_000_000, direct="D")
    assert database.read_bytes() == before
    assert {each.level for each in findings if each.subject in ("database", "turns")} <= {Level.OK, Level.WARNING}
    told = "\n".join(each.text for each in findings)
    assert (f"is migrated from version {version} to {newest} at the next start" in told) is not after
    assert ("10 sessions stored, 3 waiting for or receiving an answer" in told) is after


async def test_the_shell_searches_and_exports_it(database: Path, tmp_path: Path) -> None:
    was = left(database).keys()
    code, _, errors = await shell(database, "search", "noodles")
    assert code == 1
    assert "`chathakase run` migrates it" in errors
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    code, output, errors = await shell(database, "search", "noodles")
    assert (code, errors) == (0, "")
    assert "Dinner in Kyoto" in output
    code, output, errors = await shell(database, "export", cwd=tmp_path)
    # Of one session all is forgotten.
    assert (code, output, errors) == (0, "9 sessions exported to export\n", "")
    told = [json.loads(each.read_text()) for each in (tmp_path / "export").glob("*.json")]
    assert sorted(each["title"] for each in told) == sorted(was - {UNTITLED})
