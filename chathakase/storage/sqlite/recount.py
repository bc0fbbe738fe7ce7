"""Compares what is kept of each session with its messages, and counts again where something got round the triggers."""

import json
import logging

from chathakase.storage.sqlite.driver import SqliteDatabase
from chathakase.storage.sqlite.transactions import TransactionOnThread

log = logging.getLogger(__name__)

LISTED = """
SELECT person, s.active_at, s.id, s.surface, s.workspace, s.channel, s.agent, s.archived_by FROM (
    SELECT author AS person FROM participants WHERE session = s.id UNION SELECT s.owner WHERE s.owner <> ''
) WHERE s.deleting = 0
"""
"""What ``listed`` has of a session."""

# The newest sessions only, and of who wrote in a long one only its end, so that it takes no longer in a large file.
WRONG = f"""
SELECT id FROM (SELECT * FROM sessions WHERE archived_at IS NULL ORDER BY active_at DESC LIMIT 200) AS s
WHERE message_count <> (SELECT count(*) FROM messages WHERE session = s.id AND role IN ('user', 'assistant'))
    OR exchanges <> (SELECT count(*) FROM messages WHERE session = s.id AND role = 'assistant' AND reply_to IS NOT NULL)
    OR (last_text, last_author, last_said) IS NOT (
        SELECT substr(text, 1, 100), author, CASE WHEN reply_to IS NULL THEN said ELSE at * 1000 END FROM messages
        WHERE session = s.id AND role IN ('user', 'assistant') ORDER BY said DESC, seq DESC LIMIT 1)
    OR EXISTS (
        SELECT 1 FROM participants p WHERE session = s.id AND wrote_at IS NOT (
            SELECT said FROM messages WHERE author = p.author AND author <> '' AND session = s.id AND role = 'user'
                AND name = '' ORDER BY said DESC LIMIT 1))
    OR EXISTS (
        SELECT 1 FROM (SELECT role, author, name FROM messages WHERE session = s.id AND role IN ('user', 'assistant')
            ORDER BY said DESC, seq DESC LIMIT 200) AS m
        WHERE m.role = 'user' AND m.name = '' AND m.author <> ''
            AND NOT EXISTS (SELECT 1 FROM participants WHERE session = s.id AND author = m.author))
    OR EXISTS ({LISTED} EXCEPT SELECT * FROM listed WHERE session = s.id)
    OR EXISTS (SELECT * FROM listed WHERE session = s.id EXCEPT {LISTED})
"""
"""The ids of sessions that are not kept as their messages are, among the newest."""

# A trigger looks for the last message whenever the count is set.
COUNT = """
UPDATE sessions SET
    message_count = (SELECT count(*) FROM messages WHERE session = sessions.id AND role IN ('user', 'assistant')),
    exchanges = (SELECT count(*) FROM messages
        WHERE session = sessions.id AND role = 'assistant' AND reply_to IS NOT NULL)
WHERE id IN (SELECT value FROM json_each($1))
"""

NOBODY = "DELETE FROM participants WHERE session IN (SELECT value FROM json_each($1))"

WHO_WROTE = """
INSERT INTO participants (session, author, wrote_at) SELECT session, author, max(said) FROM messages
WHERE session IN (SELECT value FROM json_each($1)) AND role = 'user' AND name = '' AND author <> ''
GROUP BY session, author
"""

IN_NO_LIST = "DELETE FROM listed WHERE session IN (SELECT value FROM json_each($1))"

# A trigger lists whoever else took part.
OWNERS_LIST = """
INSERT INTO listed SELECT owner, active_at, id, surface, workspace, channel, agent, archived_by FROM sessions
WHERE id IN (SELECT value FROM json_each($1)) AND owner <> '' AND deleting = 0
"""


async def recount(database: SqliteDatabase) -> int:
    """Count the newest sessions again that are counted wrongly; returns how many. Raises StoreError."""
    wrong = [row[0] for row in await database.fetch(WRONG)]
    if wrong:

        async def count(transaction: TransactionOnThread) -> None:
            for statement in (COUNT, IN_NO_LIST, NOBODY, WHO_WROTE, OWNERS_LIST):
                await transaction.execute(statement, json.dumps(wrong))

        await database.unit(count)
        log.warning("The counts of %d recent sessions were wrong and have been corrected", len(wrong))
    return len(wrong)
