"""All stores of one database."""

from collections.abc import Callable
from dataclasses import dataclass

from chathakase.core.session_ids import new_session_id
from chathakase.core.types import Expiry, SessionId
from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.emptying import Emptying
from chathakase.storage.sqlite.merging import Merging
from chathakase.storage.sqlite.search import Search
from chathakase.storage.stores.changes import Changes
from chathakase.storage.stores.errands import Errands
from chathakase.storage.stores.expiry import Expiring
from chathakase.storage.stores.export import Export
from chathakase.storage.stores.files import Files
from chathakase.storage.stores.forgetting import Forgetting
from chathakase.storage.stores.hints import Hints
from chathakase.storage.stores.listening import Listening
from chathakase.storage.stores.memory import Memories
from chathakase.storage.stores.messages import ESTIMATE
from chathakase.storage.stores.sessions import Sessions
from chathakase.storage.stores.summaries import Summaries
from chathakase.storage.stores.titles import Titles
from chathakase.storage.stores.turns import Turns


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is remembered, by what it is asked."""

    sessions: Sessions
    memory: Memories
    changes: Changes
    forgetting: Forgetting
    files: Files
    summaries: Summaries
    titles: Titles
    search: Search
    merging: Merging
    emptying: Emptying
    export: Export
    turns: Turns
    errands: Errands
    listening: Listening
    hints: Hints


def open_stores(
    database: SqliteDatabase,
    *,
    expiry: Expiry,
    count: Callable[[str], int] = ESTIMATE,
    new_id: Callable[[], SessionId] = new_session_id,
) -> Stores:
    """The stores of a database that is open and migrated.

    ``count`` tells how many tokens a text has, and ``new_id`` makes ids of sessions.
    """
    merging = Merging(database)
    expiring = Expiring(database, merging, expiry=expiry)
    return Stores(
        sessions=Sessions(database, expiring, count=count, new_id=new_id),
        memory=Memories(database, count=count),
        changes=Changes(database, count=count),
        forgetting=Forgetting(database, expiring=expiring),
        files=Files(database),
        summaries=Summaries(database),
        titles=Titles(database),
        search=Search(database),
        merging=merging,
        emptying=Emptying(database),
        export=Export(database),
        turns=Turns(database, count=count),
        errands=Errands(database),
        listening=Listening(database),
        hints=Hints(database),
    )
