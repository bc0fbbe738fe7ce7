"""All stores of one database."""

from collections.abc import Callable
from dataclasses import dataclass

from chathakase.core.types import Expiry
from chathakase.storage.changes import Changes
from chathakase.storage.database import Database
from chathakase.storage.emptying import Emptying
from chathakase.storage.errands import Errands
from chathakase.storage.expiry import Expiring
from chathakase.storage.export import Export
from chathakase.storage.files import Files
from chathakase.storage.forgetting import Forgetting
from chathakase.storage.hints import Hints
from chathakase.storage.listening import Listening
from chathakase.storage.memory import Memories
from chathakase.storage.merging import Merging
from chathakase.storage.messages import ESTIMATE
from chathakase.storage.search import Search
from chathakase.storage.sessions import Sessions
from chathakase.storage.summaries import Summaries
from chathakase.storage.titles import Titles
from chathakase.storage.turns import Turns


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
    database: Database, *, expiry: Expiry, now: Callable[[], int], count: Callable[[str], int] = ESTIMATE
) -> Stores:
    """The stores of a database that is open and migrated; ``count`` tells how many tokens a text has."""
    merging = Merging(database)
    expiring = Expiring(database, merging, expiry=expiry, now=now)
    return Stores(
        sessions=Sessions(database, expiring, now=now, count=count),
        memory=Memories(database, now=now, count=count),
        changes=Changes(database, count=count),
        forgetting=Forgetting(database, expiring=expiring),
        files=Files(database, now=now),
        summaries=Summaries(database, now=now),
        titles=Titles(database),
        search=Search(database),
        merging=merging,
        emptying=Emptying(database),
        export=Export(database),
        turns=Turns(database, now=now, count=count),
        errands=Errands(database, now=now),
        listening=Listening(database, now=now),
        hints=Hints(database),
    )
