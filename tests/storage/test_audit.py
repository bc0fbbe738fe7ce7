"""How what the audit log is asked finds its rows, however many there are, and what it says of the command line."""

import pytest

from chathakase.core.audit import AuditEntry, AuditEvent, Deed
from chathakase.core.moments import DAY
from chathakase.core.types import NO_SESSION, Place
from chathakase.engine.jobs.housekeeping import Housekeeping
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.stores import audit_store
from tests.places import slack_place
from tests.storage.database_stores import PLACE, DatabaseStores
from tests.storage.test_plans import plan

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("sql", "parameters", "used"),
    [
        (audit_store.NEWEST, 4, "SEARCH audit USING INDEX audit_of_workspace (surface=? AND workspace=?)"),
        (audit_store.PRUNE, 1, "SEARCH audit USING COVERING INDEX audit_at (at<?)"),
    ],
)
async def test_no_look_at_it_goes_through_all_of_it(
    sql: str, parameters: int, used: str, open_database: SqliteDatabase
) -> None:
    steps = await plan(open_database, sql, parameters)
    assert used in steps
    assert not [step for step in steps if step.startswith("SCAN") or "ORDER BY" in step]


async def test_what_is_old_is_deleted_with_what_else_is_old(stores: DatabaseStores) -> None:
    await stores.say("1", "hello")
    await stores.audit.add_for_all(AuditEvent(Deed.SEARCH_ALL))
    stores.clock.now += (audit_store.KEPT_DAYS + 1) * DAY
    await stores.audit.add_for_all(AuditEvent(Deed.EXPORT_ALL))
    await Housekeeping(stores, retention=0).prune()
    left = await stores.audit.newest(PLACE.workspace_key, limit=9)
    assert [entry.event.deed for entry in left] == [Deed.EXPORT_ALL]


async def test_what_concerns_all_sessions_is_noted_once_in_each_workspace_that_has_some(stores: DatabaseStores) -> None:
    other = Place(PLACE.surface, "T2", "C1", "1.000001")
    for place in (PLACE, slack_place("C2", "2.000001"), other):
        await stores.say("1", "hello", place=place)
    event = AuditEvent(Deed.EXPORT_ALL, amount=3)
    await stores.audit.add_for_all(event)
    for place in (PLACE, other):
        nowhere = Place(place.surface, place.workspace, "", "")
        assert await stores.audit.newest(place.workspace_key, limit=9) == [
            AuditEntry(stores.clock.now, "", event, nowhere, NO_SESSION)
        ]
