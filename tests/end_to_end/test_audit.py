"""The audit log: who did what is written once, without anybody's words, and admins can read it.

What each command and button leaves in it, by everybody who might give it, is in ``test_rights.py``.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chathakase.core.audit import Deed
from chathakase.core.jobs import FORGET_ONE, Command, Job
from chathakase.core.moments import day_and_time
from chathakase.core.types import Expiry, ExpiryMode
from chathakase.engine.commands import ABOUT_A_THREAD
from chathakase.engine.commands.answering import DEEDS
from chathakase.engine.commands.auditing import PAGE, WORDS
from chathakase.engine.commands.permissions import PERMISSIONS
from chathakase.engine.jobs.job_handler import ATTEMPTS
from chathakase.engine.sessions import SessionManager
from chathakase.engine.turns.verdict import GAVE_UP
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.storage.open_stores import open_stores
from chathakase.storage.sqlite.driver import open_sqlite
from chathakase.storage.stores.session_store import SqlSessionStore
from chathakase.storage.stores.title_store import SqlTitleStore
from tests.end_to_end.at_rest import all_answers_kept, at_rest
from tests.end_to_end.audit_rows import audit_rows
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.ephemerals import await_ephemeral, choose, ephemerals
from tests.end_to_end.process import running
from tests.places import slack_place

Start = Callable[..., Awaitable[Thread]]

ADD = """
INSERT INTO audit (at, surface, workspace, who, deed, outcome, session, channel, thread, person, amount)
SELECT $1, surface, $2, $3, $4, $5, 's', channel, thread, $6, $7 FROM sessions LIMIT 1
"""
LAST = 1_790_000_000_000
"""When the newest of what is added was done, in epoch milliseconds."""

Added = tuple[int, str, str, str, str, str, int | None]


def brief(database: Path) -> list[tuple[str, ...]]:
    """Who did what and what became of it, and for whom."""
    return [(who, deed, outcome, person) for who, deed, outcome, _, _, person, *_ in audit_rows(database)]


def add(database: Path, entries: Sequence[Added]) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.executemany(ADD, entries)
        connection.commit()


def workspace_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT workspace FROM sessions").fetchone()[0])


async def test_lifted_limits_are_noted_with_for_whom(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, people: dict[str, PersonClient], database: Path
) -> None:
    alice, bob, _ = people.values()
    async with open_the_bot(chathakase_daily_questions="5") as bot:
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
        await thread.say("@ChatHakase lift limits @bob", bob)
        await await_ephemeral(workspace, bob, "Sorry, only admins")
        await thread.say("@ChatHakase lift limits", alice)
        await await_ephemeral(workspace, alice, "Tell me for whom")
        await thread.say("@ChatHakase lift limits @bob", alice)
        await await_ephemeral(workspace, alice, "bob has no daily limits until")
        await at_rest(workspace, bot)
    assert brief(database) == [(bob.id, "lift", "refused", ""), (alice.id, "lift", "done", bob.id)]


async def test_what_is_asked_about_is_noted_once_it_is_confirmed_with_the_thread_that_it_is_about(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    thread = await start("A trip to Kyoto", channel="@")
    await thread.answers(1)
    await start("clear session", channel="@")
    await await_ephemeral(workspace, alice, "Forget everything that was said there")
    await at_rest(workspace, bot)
    assert audit_rows(database) == []
    await choose(workspace, alice, "Forget")
    await workspace.until(lambda: audit_rows(database))
    ((*row, session, _, _, _),) = audit_rows(database)
    assert row == [alice.id, "clear", "done", thread.channel, thread.ts, "", 2]
    assert session == await bot.reception._sessions.find(slack_place(thread.channel, thread.ts))


async def test_what_found_nothing_to_be_done_to_is_not_noted(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, bob: PersonClient, database: Path
) -> None:
    thread = await start("@ChatHakase clear session")
    await thread.answers(1)
    for words in ("forget my last message", "forget my messages here", "forget everything of mine now"):
        await thread.say(f"@ChatHakase {words}", bob)
    await workspace.until(lambda: len(ephemerals(workspace, bob)) == 3)
    await thread.say("@ChatHakase export session")
    await thread.answers(2, containing="nothing to export")
    await at_rest(workspace, bot)
    assert brief(database) == [(alice.id, "clear", "done", "")]


async def test_an_export_that_is_not_taken_may_have_been_taken_in_part(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    workspace.faults.slack_error("files.getUploadURLExternal", "missing_scope", after=1)
    await thread.say("export session")
    await thread.answers(3, containing="couldn't share the files")
    await at_rest(workspace, bot)
    assert brief(database) == [(alice.id, "export", "interrupted", "")]


@pytest.mark.parametrize(
    ("command", "argument", "attempts", "event"),
    [
        ("clear session", "for everyone", ATTEMPTS, ("clear", "interrupted")),
        ("rename session", "Fish", ATTEMPTS, ("rename", "interrupted")),
        ("all sessions", "", ATTEMPTS, None),
        ("session info", "", ATTEMPTS, None),
        (FORGET_ONE, "1.000001", 1, ("forget one", "interrupted")),
        (FORGET_ONE, "1.000001", 0, None),
    ],
    ids=lambda value: str(value),
)
async def test_what_was_tried_before_and_may_have_been_done_then_was_interrupted(
    command: str,
    argument: str,
    attempts: int,
    event: tuple[str, str] | None,
    open_the_bot: OpenBot,
    start: Start,
    workspace: Workspace,
    alice: PersonClient,
    database: Path,
) -> None:
    async with open_the_bot():
        thread = await start("@ChatHakase hello")
        await thread.answers(1)
    job = Job(Command(slack_place(thread.channel, thread.ts), "1.5", alice.id, command, argument))
    async with open_sqlite(database) as opened:
        jobs = open_stores(opened, expiry=Expiry(3_600_000, ExpiryMode.ARCHIVE)).jobs
        await jobs.enqueue(job)
        await jobs.release(job)
        async with opened.transaction() as transaction:
            await transaction.execute("UPDATE jobs SET attempts = $1", attempts)
    async with open_the_bot() as bot:
        await workspace.until(lambda: thread.texts()[1:] + ephemerals(workspace, alice))
        await at_rest(workspace, bot)
    assert (GAVE_UP in str(thread.texts() + ephemerals(workspace, alice))) == (attempts == ATTEMPTS)
    assert [row[:3] for row in audit_rows(database)] == ([(alice.id, *event)] if event else [])


@pytest.mark.parametrize(
    ("words", "event"), [("rename session Fish", ("rename", "interrupted")), ("all sessions", None)]
)
async def test_what_fails_in_an_unforeseen_way_may_have_been_done_in_part(
    words: str,
    event: tuple[str, str] | None,
    start: Start,
    workspace: Workspace,
    bot: SessionManager,
    alice: PersonClient,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)

    async def fail(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(SqlTitleStore, "set_title", fail)
    monkeypatch.setattr(SqlSessionStore, "active", fail)
    await thread.say(f"@ChatHakase {words}")
    await workspace.until(lambda: "failed: ValueError" in caplog.text)
    await at_rest(workspace, bot)
    assert [row[:3] for row in audit_rows(database)] == ([(alice.id, *event)] if event else [])


@pytest.mark.parametrize(
    ("words", "event"), [("forget my last message", ("forget last", "done")), ("forget everything of mine", None)]
)
async def test_what_was_done_is_noted_though_nobody_could_be_told(
    words: str,
    event: tuple[str, str] | None,
    start: Start,
    workspace: Workspace,
    bot: SessionManager,
    alice: PersonClient,
    database: Path,
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    workspace.faults.slack_error("chat.postEphemeral", "user_not_in_channel")
    await thread.say(words)
    await workspace.until(lambda: workspace.journal.calls("chat.postEphemeral"))
    await at_rest(workspace, bot)
    assert [row[:3] for row in audit_rows(database)] == ([(alice.id, *event)] if event else [])


@pytest.mark.parametrize("ack_timeout", [0.5])
async def test_a_command_that_is_delivered_again_is_noted_once(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, database: Path
) -> None:
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    workspace.faults.acks_held = True
    await thread.say("rename session Fish")
    await thread.answers(2)
    await workspace.until(lambda: any(each.envelope["retry_attempt"] > 1 for each in workspace.journal.envelopes()))
    workspace.faults.acks_held = False
    workspace.redeliver_last()
    await workspace.until(lambda: workspace.pending_events == 0)
    await at_rest(workspace, bot)
    assert brief(database) == [(alice.id, "rename", "done", "")]


CUT_SHORT = (
    ("clear session", "general", ("clear", "done", None)),
    ("rename session Fish", "random", ("rename", "done", None)),
    ("forget my messages here", "general", ("forget here", "done", None)),
    ("forget my last message", "random", ("forget last", "interrupted", None)),
    ("export session", "@", ("export", "done", 2)),
)
"""What is told of commands during which the process is killed when it has done them, but could not note that yet."""


@pytest.mark.long
async def test_what_was_done_when_the_process_was_killed_is_noted_once(
    environment: dict[str, str], workspace: Workspace, start: Start, alice: PersonClient, database: Path, tmp_path: Path
) -> None:
    async with running(environment, workspace, tmp_path / "log") as process:
        threads = [await start("@ChatHakase hello", channel=channel) for _, channel, _ in CUT_SHORT]
        for thread in threads:
            await thread.answers(1)
        await workspace.until(lambda: all_answers_kept(database))
        for method in ("chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"):
            workspace.faults.hang(method, done=True, times=2)
        for thread, (words, _, _) in zip(threads, CUT_SHORT, strict=True):
            await thread.say(words)
        # Of each its answer and its command were there before.
        await workspace.until(lambda: sum(len(each.messages()) - 3 for each in threads) == 3)
        await workspace.until(lambda: len(ephemerals(workspace, alice)) == 2)
        process.kill()
        await process.wait()
    assert audit_rows(database) == []
    workspace.faults.clear()
    async with running(environment, workspace, tmp_path / "log"):
        await workspace.until(lambda: len(audit_rows(database)) == len(CUT_SHORT), 30)
        await threads[0].say("help")
        await workspace.until(lambda: "session info" in "".join(threads[0].texts()), 30)
    found = {
        thread: (who, deed, outcome, amount) for who, deed, outcome, _, thread, _, amount, *_ in audit_rows(database)
    }
    assert found == {thread.ts: (alice.id, *event) for thread, (_, _, event) in zip(threads, CUT_SHORT, strict=True)}
    assert len(audit_rows(database)) == len(CUT_SHORT)


async def test_what_was_done_when_the_bot_was_stopped_is_noted_once_and_not_done_again(
    open_the_bot: OpenBot, start: Start, workspace: Workspace, alice: PersonClient, database: Path
) -> None:
    async with open_the_bot(chathakase_grace=0.1):
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        await thread.say("herring")
        await thread.answers(2)
        workspace.faults.hang("chat.postEphemeral")
        await thread.say("forget my last message")
        await workspace.until(lambda: workspace.journal.calls("chat.postEphemeral"))
    assert brief(database) == [(alice.id, "forget last", "done", "")]
    workspace.faults.clear()
    async with open_the_bot() as bot:
        await await_ephemeral(workspace, alice, "I was interrupted")
        await at_rest(workspace, bot)
        await thread.say("what do you remember")
        assert "swordfish" in await await_ephemeral(workspace, alice, "What I would send")
    assert brief(database) == [(alice.id, "forget last", "done", "")]


async def test_admins_read_it_page_by_page(
    start: Start, workspace: Workspace, bot: SessionManager, people: dict[str, PersonClient], database: Path
) -> None:
    alice, bob, carol = people.values()
    thread = await start("@ChatHakase hello")
    await thread.answers(1)
    await at_rest(workspace, bot)
    home = workspace_of(database)
    entries: list[Added] = [(LAST - n * 60_000, home, bob.id, "rename", "done", "", None) for n in range(45)]
    add(database, entries[:2:-1])
    add(database, [(LAST, "T2", carol.id, "clear", "done", "", 99)])
    add(database, [(LAST - 120_000, home, carol.id, "clear", "done", "", 1_234)])
    add(database, [(LAST - 60_000, home, carol.id, "forget one", "refused", bob.id, None)])
    add(database, [(LAST, home, alice.id, "lift", "done", bob.id, None)])
    pages: list[list[str]] = []
    for words in ("audit log", "audit log 2", "audit log 3"):
        await thread.say(f"@ChatHakase {words}")
        told = await workspace.until(lambda: ephemerals(workspace, alice)[len(pages) :])
        pages.append(told[0].splitlines())
    await thread.say("@ChatHakase audit log 4")
    await await_ephemeral(workspace, alice, "The audit log has no page 4.")
    assert [len(lines) for lines in pages] == [1 + PAGE + 1, 1 + PAGE + 1, 1 + 5]
    assert [lines[-1] for lines in pages[:2]] == ["Older: `audit log 2`", "Older: `audit log 3`"]
    clock = ZoneInfo(alice.user.tz)
    where = f"in <#{thread.channel}> ([thread]("
    for line, minutes, what in zip(
        pages[0][1:5],
        range(4),
        (
            "alice: lifted the day's limits for bob, ",
            "carol: was refused `Forget this message`, ",
            "carol: cleared the thread (1,234 messages), ",
            "bob: renamed the thread, ",
        ),
        strict=True,
    ):
        when = day_and_time((LAST - minutes * 60_000) * 1000, clock)
        assert line.startswith(f"- {when}, {what}{where}")
        assert thread.ts.replace(".", "") in line
    assert day_and_time((LAST - 44 * 60_000) * 1000, clock) in pages[2][-1]
    assert "99 messages" not in str(pages), "it happened in another workspace"
    assert len(thread.texts()) == 1, "nobody else reads it"


async def test_nobody_but_admins_reads_it(
    start: Start, workspace: Workspace, bot: SessionManager, alice: PersonClient, bob: PersonClient, database: Path
) -> None:
    thread = await start("@ChatHakase audit log")
    await await_ephemeral(workspace, alice, "Nobody has done anything yet")
    await thread.say("@ChatHakase audit log 2", bob)
    await await_ephemeral(workspace, bob, "Sorry, only admins can see that.")
    await at_rest(workspace, bot)
    assert brief(database) == [(bob.id, "see audit", "refused", "")]


def test_every_deed_has_words_and_a_door() -> None:
    on_the_server = {Deed.EXPORT_ALL, Deed.SEARCH_ALL}
    of_an_answer = {*DEEDS.values()}
    assert set(WORDS) == {*Deed}
    assert {each.deed for each in PERMISSIONS.values() if each.deed} == {*Deed} - on_the_server - of_an_answer
    assert all(each.deed for each in PERMISSIONS.values() if each.right), "refusing it is noted"
    assert "audit log" not in ABOUT_A_THREAD
