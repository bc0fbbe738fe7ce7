"""What admins see of sessions that are put away, and how it is found among a hundred thousand."""

from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.stores import admin_store
from tests.storage.database_stores import ID, PLACE, TIMEOUT, DatabaseStores
from tests.storage.test_plans import plan

OTHER = PLACE.beside("C2", "2.000001")


async def seen(stores: DatabaseStores) -> tuple[list[object], int]:
    page = await stores.admin.sessions(PLACE.workspace_key, limit=9)
    return [each.place for each in page.sessions], page.total


async def test_what_idled_or_was_put_away_is_seen(stores: DatabaseStores) -> None:
    await stores.answered("1", "hello", "hi")
    stores.clock.now += 1
    await stores.say("2", place=OTHER)
    assert await stores.forgetting.archive(ID, by="U1")
    assert await seen(stores) == ([OTHER, PLACE], 2)
    stores.clock.now += TIMEOUT + 1
    assert await stores.forgetting.expire() == 0
    assert await seen(stores) == ([OTHER, PLACE], 2)


async def test_what_is_being_deleted_is_not(stores: DatabaseStores) -> None:
    await stores.answered("1", "hello", "hi")
    await stores.say("2", place=OTHER)
    await stores.database.fetch("UPDATE sessions SET deleting = 1 WHERE id = $1", ID)
    assert await seen(stores) == ([OTHER], 1)


async def test_no_more_is_read_than_is_told(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, admin_store.PAGE, 5)
    assert [step for step in steps if "sessions" in step] == [
        "SEARCH sessions USING INDEX sessions_active (active_at<?)",
        "SEARCH sessions USING INDEX sessions_archived (active_at<?)",
        "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
    ]
    assert steps.count("USE TEMP B-TREE FOR ORDER BY") <= 1, "only those of one page are put in order"


async def test_none_is_read_to_count_them(open_database: SqliteDatabase) -> None:
    steps = await plan(open_database, admin_store.TOTAL, 2)
    assert [step for step in steps if "sessions" in step] == [
        "SEARCH sessions USING COVERING INDEX sessions_by_place (surface=? AND workspace=?)",
        "SCAN sessions USING INDEX sessions_deleting",
    ]
