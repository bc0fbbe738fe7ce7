"""What people share besides words: which files there are, and what they hold."""

import json
from collections.abc import Collection, Mapping, Sequence

from chathakase.core.files import Attachment, Image, Reading, SharedFile
from chathakase.core.types import Incoming, SessionId
from chathakase.storage.database import Database, Statement, Transaction
from chathakase.storage.stores.message_rows import read_attachments

ADD = Statement("""
INSERT INTO files (session, message, position, ref, name, kind, size, url, remote)
SELECT session, id, (SELECT count(*) FROM files WHERE message = messages.id), $3, $4, $5, $6, $7, $8
FROM messages WHERE ref = $2 AND session = $1
ON CONFLICT (message, ref) DO UPDATE
SET name = excluded.name, kind = excluded.kind, size = excluded.size, url = excluded.url, remote = excluded.remote
WHERE files.url = '' AND excluded.url <> '' AND files.read_at IS NULL
""")

UNCHANGED = Statement("SELECT 1 FROM messages WHERE ref = $2 AND session = $1 AND role = 'user' AND changed = 0")

UNREAD = Statement("""
SELECT f.id, f.ref, f.name, f.kind, f.size, f.url, f.read_at, f.text, f.image_kind, f.refusal, 0, f.remote
FROM files f JOIN messages m ON m.id = f.message
WHERE f.session = $1 AND f.read_at IS NULL ORDER BY m.said DESC, f.position LIMIT $2
""")

NOTE = Statement(
    "UPDATE files SET read_at = now_ms(), text = $2, refusal = $3, image_kind = $4, image = $5 WHERE id = $1"
)

IMAGES = Statement("""
SELECT id, image_kind, image FROM files
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_items($1)) AND image IS NOT NULL
""")


class SqlFileStore:
    """Remembers what files hold (a FileStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unread(self, session: SessionId, *, limit: int) -> list[Attachment]:
        """The newest files of a session that nobody has tried to read yet."""
        (rows,) = await self._database.read(UNREAD(session, limit))
        return read_attachments(rows)

    async def note_reading(self, attachment: int, reading: Reading) -> None:
        """Remember what a file holds, or why nobody can tell; of a file that is forgotten, nothing."""
        image = reading.image
        picture = (image.kind, image.data) if image else ("", None)
        await self._database.write(NOTE, attachment, reading.text, reading.refusal, *picture)

    async def images(self, attachments: Collection[int]) -> Mapping[int, Image]:
        """The stored images of these attachments."""
        (rows,) = await self._database.read(IMAGES(json.dumps(sorted(attachments))))
        return {int(id_ or 0): Image(str(kind), data) for id_, kind, data in rows if isinstance(data, bytes)}


async def add_files(transaction: Transaction, session: SessionId, ref: str, files: Sequence[SharedFile]) -> int:
    """Note the files of a stored message; returns how many are new.

    Those that are noted already stay as they are, unless it is told only now where they are.
    """
    new = 0
    for file in files:
        about = (file.id, file.name, file.kind, file.size, file.url, int(file.remote))
        new += await transaction.execute(ADD, session, ref, *about)
    return new


async def add_files_of_twin(transaction: Transaction, session: SessionId, incoming: Incoming) -> int:
    """Note files that came only with a message's second coming, unless it was changed or forgotten meanwhile.

    Returns how many are new.
    """
    if await transaction.fetch(UNCHANGED, session, incoming.ref):
        return await add_files(transaction, session, incoming.ref, incoming.files)
    return 0
