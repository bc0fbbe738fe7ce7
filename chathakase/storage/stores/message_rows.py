"""Stored messages, as they are read by everybody who reads them."""

import json
from collections import defaultdict
from collections.abc import Sequence

from chathakase.core.files import Attachment, SharedFile
from chathakase.core.quoting import CLAMP
from chathakase.core.token_estimate import Estimator
from chathakase.core.types import Role, StoredMessage
from chathakase.storage.database import Row, Snapshot, Statement

ESTIMATE = Estimator().count
"""How tokens are counted when nobody knows better."""

COLUMNS = "id, role, text, author, seq, ref, said, name, tokens"
"""Of a row of ``messages``: what ``read`` wants."""

SPOKEN = "role IN ('user', 'assistant')"
"""Of a row of ``messages``: a model may see it."""

SPEAKERS = "(SELECT json_list(author) FROM participants WHERE session = $1)"
"""The user ids of everybody who said something in a session, as a JSON array."""

TAIL = CLAMP // 4
HEAD = CLAMP - TAIL
"""As much as a prompt shows of a file at most."""
LONG = CLAMP + 100
"""Of a file with so many characters something is left out, however long the mark is that says so."""

# Without its text where nobody wants it.
ATTACHED = Statement(f"""
SELECT message, id, ref, name, kind, size, url, read_at,
    CASE WHEN $2 = 0 THEN '' WHEN length(text) < {LONG} THEN text
        ELSE substr(text, 1, {HEAD}) || substr(text, length(text) - {TAIL} + 1) END,
    image_kind, refusal, CASE WHEN $2 = 0 THEN 0 ELSE length(text) END, remote
FROM files WHERE message IN (SELECT CAST(value AS BIGINT) FROM json_items($1)) ORDER BY message, position
""")


async def read(snapshot: Snapshot, rows: Sequence[Row], *, contents: bool = True) -> list[StoredMessage]:
    """Make messages of rows, with what is attached to them but without the pictures themselves.

    Of the ``contents`` of long files only as much comes as a prompt shows.
    """
    if not rows:
        return []
    attached = defaultdict(list)
    files = await snapshot.fetch(ATTACHED, json.dumps([row[0] for row in rows]), int(contents))
    for message, *file in files:
        attached[message].append(_attachment(file))
    return [_message(row, attached.get(row[0], ())) for row in rows]


def read_attachments(rows: Sequence[Row]) -> list[Attachment]:
    """Make attachments of rows of ``files``: id to remote, as ``ATTACHED`` has them."""
    return [_attachment(row) for row in rows]


def _message(row: Row, attachments: Sequence[Attachment]) -> StoredMessage:
    _, role, text, author, seq, ref, said, name, tokens = row
    return StoredMessage(
        Role(str(role)),
        str(text),
        str(author),
        seq=int(seq or 0),
        ref=str(ref),
        said=int(said or 0),
        name=str(name),
        tokens=int(tokens or 0),
        attachments=tuple(attachments),
    )


def _attachment(row: Row) -> Attachment:
    id_, ref, name, kind, size, url, read_at, text, image_kind, refusal, length, remote = row
    return Attachment(
        int(id_ or 0),
        SharedFile(str(ref), str(name), str(kind), int(size or 0), str(url), remote=bool(remote)),
        read=read_at is not None,
        text=str(text),
        is_image=bool(image_kind),
        refusal=str(refusal),
        length=int(length or 0),
    )
