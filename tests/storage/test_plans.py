"""Which indexes the statements use that look through a session, however long it is."""

import re

import pytest

from chathakase.storage.sqlite import database_diagnostics
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.stores import (
    change_store,
    claiming,
    forget_store,
    hint_store,
    job_store,
    listing_store,
    memory_store,
    session_store,
    summary_store,
    title_store,
    turn_store,
    withdrawing,
)

OF_A_CHANNEL = "USING INDEX sessions_by_place (surface=? AND workspace=? AND channel=?)"

EARLIER = "USING COVERING INDEX turns_of_session (session=? AND upto<?)"


async def plan(database: SqliteDatabase, sql: str, parameters: int) -> list[str]:
    rows = await database.fetch(f"EXPLAIN QUERY PLAN {sql}", *[""] * parameters)
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        (turn_store.NEWEST, 2),
        (turn_store.REOPEN, 4),
        (turn_store.ASKERS, 4),
        (claiming.CLAIM, 5),
        (turn_store.NEXT_ASKER, 1),
        (change_store.FIND, 6),
        (summary_store.UNANSWERED, 1),
        (withdrawing.ACTIONS, 1),
    ],
)
async def test_the_turn_before_another_is_found_at_once(
    sql: str, parameters: int, open_database: SqliteDatabase
) -> None:
    steps = await plan(open_database, sql, parameters)
    assert [step for step in steps if step.startswith("SEARCH e ")]
    assert all(step.endswith(EARLIER) for step in steps if step.startswith("SEARCH e "))
    # From 3.53 on, SQLite sorts the few that it unites, which it kept in a tree before.
    unites = "MERGE (UNION)" in steps
    assert not [step for step in steps if step.startswith("SCAN") or ("ORDER BY" in step and not unites)]


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [(claiming.CLAIM, 5), (turn_store.WAITING, 1), (turn_store.NEXT_ASKER, 1), (withdrawing.ACTIONS, 1)],
)
async def test_what_is_requested_is_found_at_once(sql: str, parameters: int, open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, sql, parameters)
    assert [step for step in steps if "turns_reopened" in step]
    assert not [step for step in steps if "turns_of_session (session=?)" in step]


TRIGGERS = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND (name LIKE 'participant%' OR name LIKE '%counted')"
CHANGED_ROW = re.compile(r"\b(?:new|old)\.\w+")


async def test_what_is_kept_of_a_session_is_found_at_once(open_database: SqliteDatabase) -> None:
    """SQLite tells nothing of how triggers do their work, but of their statements one by one."""
    steps = []
    for (trigger,) in await open_database.fetch(TRIGGERS):
        body = str(trigger).partition("BEGIN")[2].rpartition("END")[0]
        for statement in filter(str.strip, CHANGED_ROW.sub("''", body).split(";")):
            steps += await plan(open_database, statement, 0)
    assert {step for step in steps if "messages" in step} == {
        "SEARCH messages USING INDEX messages_spoken (session=?)",
        "SEARCH messages USING INDEX messages_of_author (author=? AND session=? AND role=?)",
    }
    assert all(step.startswith(("SEARCH", "CORRELATED", "SCALAR")) for step in steps)


async def test_what_a_heartbeat_renews_is_found_at_once(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, turn_store.RENEW, 2)
    assert [step for step in steps if "sessions" in step] == [
        "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)"
    ]
    steps = await plan(open_database, job_store.HOLD, 1)
    assert [step for step in steps if "jobs" in step] == [
        "SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (surface=? AND workspace=? AND id=?)"
    ]


async def test_what_is_due_after_a_turn_is_found_at_once(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, memory_store.EXTENT, 2)
    assert "SEARCH messages USING INDEX messages_spoken (session=? AND said>?)" in steps
    assert not [step for step in steps if "ORDER BY" in step]


async def test_who_took_part_is_found_at_once(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, session_store.PARTICIPANTS, 1)
    assert "SEARCH participants USING PRIMARY KEY (session=?)" in steps
    used = "SEARCH messages USING COVERING INDEX messages_of_author (author=? AND session=? AND role=?)"
    assert [step for step in steps if step.startswith("SEARCH messages")] == [used]


async def test_what_a_session_is_named_after_is_found_at_once(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, title_store.FIRST_WORDS, 1)
    assert steps == ["SEARCH messages USING INDEX messages_in_order (session=?)"]


@pytest.mark.parametrize(
    ("still_chosen", "parameters"), [(forget_store.STILL_CHOSEN_OF_ALL, 4), (forget_store.STILL_CHOSEN_HERE, 4)]
)
async def test_no_portion_of_what_is_forgotten_goes_through_the_portions_before_it(
    still_chosen: str, parameters: int, open_database: SqliteDatabase
) -> None:
    steps = await plan(open_database, still_chosen, parameters)
    assert [step for step in steps if step.startswith("SEARCH messages")] == [
        "SEARCH messages USING INTEGER PRIMARY KEY (rowid=?)"
    ]


async def test_only_the_newest_message_of_each_session_is_looked_at_for_when_it_came(
    open_database: SqliteDatabase,
) -> None:
    steps = await plan(open_database, database_diagnostics.ARRIVED, 1)
    assert "SEARCH messages USING INDEX messages_by_seq (session=?)" in steps
    assert "SCAN messages" not in steps


async def test_who_talks_to_whom_is_found_at_once(open_database: SqliteDatabase) -> None:
    for sql, parameters in ((session_store.JOIN, 8), (session_store.TALKING, 6)):
        steps = await plan(open_database, sql, parameters)
        assert [step for step in steps if "messages_said_to (session=? AND said<?)" in step]
        assert not [step for step in steps if step.startswith("SCAN m") or "ORDER BY" in step]


async def test_who_has_a_part_and_who_spoke_last_are_found_at_once(open_database: SqliteDatabase) -> None:
    roster = await plan(open_database, session_store.ROSTER, 1)
    assert "SEARCH participants USING PRIMARY KEY (session=?)" in roster
    behind = await plan(open_database, session_store.BEHIND_SOMEBODY, 7)
    assert "SEARCH m USING INDEX messages_in_order (session=? AND said<?)" in behind
    assert not [step for step in (*roster, *behind) if "ORDER BY" in step or step.startswith(("SCAN m", "SCAN s"))]


async def test_of_a_channel_only_its_own_sessions_are_looked_through(open_database: SqliteDatabase) -> None:
    threads = await plan(open_database, session_store.NEWEST_THREADS, 5)
    assert [step for step in threads if OF_A_CHANNEL in step]
    replied = await plan(open_database, hint_store.REPLIED, 4)
    assert [step for step in replied if OF_A_CHANNEL in step]
    assert [step for step in replied if "messages_of_author (author=? AND session=? AND role=?)" in step]


async def test_the_turns_to_learn_from_are_found_at_once(open_database: SqliteDatabase) -> None:
    assert await plan(open_database, turn_store.NEWEST_COUNTS, 0) == ["SCAN turns USING INDEX turns_counted"]


async def test_a_list_is_found_in_its_order_and_whatever_changed_by_what_did(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, listing_store.PAGE_OF_PERSON, 13)
    in_order = "SEARCH own USING PRIMARY KEY (person=? AND active_at>?"
    assert f"{in_order})" in steps, "the total"
    assert f"{in_order} AND (active_at,session)<(?,?))" in steps, "the page"
    assert "SEARCH a USING INTEGER PRIMARY KEY (rowid>?)" in steps
    assert "SEARCH own USING INDEX listed_of_session (session=? AND person=?)" in steps
    assert "SEARCH s USING INDEX sqlite_autoindex_sessions_1 (id=?) LEFT-JOIN" in steps
    assert not [step for step in steps if re.match(r"SCAN (own|s|p|o|a|b|t|activity)\b", step)]


async def test_where_a_session_stands_in_lists_is_found_at_once(open_database: SqliteDatabase) -> None:
    for what in ("UPDATE listed SET active_at = 1", "DELETE FROM listed"):
        steps = await plan(open_database, f"{what} WHERE session = ''", 0)
        assert [step for step in steps if step.endswith("INDEX listed_of_session (session=?)")]
        assert not [step for step in steps if step.startswith("SCAN")]
