"""A database of the first version."""

from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.migrate import LEDGER, apply, migrations

FIRST_VERSION = """
INSERT INTO sessions (id, channel, thread, seq, asked, answered, began_at, active_at)
VALUES ('C1_1.000001', 'C1', '1.000001', 7, 6, 4, 1, 2);
INSERT INTO messages (session, seq, role, text, author, ref, reply_to, at) VALUES
    ('C1_1.000001', 1, 'cleared', '', '', '1', NULL, 1),
    ('C1_1.000001', 2, 'cleared', '', '', 't1', 1, 1),
    ('C1_1.000001', 3, 'command', 'clear session', 'U9', '3', NULL, 1),
    ('C1_1.000001', 4, 'user', 'q2', 'U1', '4', NULL, 1),
    ('C1_1.000001', 5, 'assistant', 'a2', '', 't2', 4, 1),
    ('C1_1.000001', 6, 'user', 'q3', 'U2', '6', NULL, 1);
INSERT INTO turns VALUES ('t1', 'C1_1.000001', 1, 1, 'answered', '', 'm', 1, 1, '["1.1"]', 1, 2);
INSERT INTO turns VALUES ('t2', 'C1_1.000001', 4, 1, 'partial', 'length', 'm', 1, 1, '["4.1"]', 1, 2);
"""
"""A session of the first version: something cleared, an answer that broke off, a question that waits."""


async def first_version(opened: SqliteDatabase) -> None:
    """Make it of an empty file."""
    async with opened.transaction() as transaction:
        await transaction.execute(LEDGER)
    async with opened.transaction() as transaction:
        await apply(transaction, migrations()[0], 0)
    async with opened.transaction() as transaction:
        await transaction.script(FIRST_VERSION)
