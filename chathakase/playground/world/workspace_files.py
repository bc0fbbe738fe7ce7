"""The files of a workspace: what is known of them, their bytes, and the uploads that are on their way."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from chathakase.playground.web_api_error import SlackError

FILE_MOST = 32 * 2**20
"""Bytes of one file, unless said otherwise; Slack's own limit is 1 GB."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of somebody's; `created` is in epoch seconds, `size` in bytes, `channels` where it was shared."""

    id: str
    name: str
    title: str
    user: str
    created: int
    size: int
    alt_text: str = ""
    channels: tuple[str, ...] = ()

    @property
    def mimetype(self) -> str:
        """The type that goes with the name's ending."""
        return mimetypes.guess_type(self.name, strict=False)[0] or "application/octet-stream"

    @property
    def filetype(self) -> str:
        """Slack's word for the type: here the name's ending."""
        return PurePosixPath(self.name).suffix.removeprefix(".").lower() or "binary"

    @property
    def is_text(self) -> bool:
        """Whether it is shown as a snippet."""
        return self.mimetype.startswith("text/") or self.mimetype in ("application/json", "application/xml")


@dataclass(slots=True)
class WorkspaceFiles:
    """All files of a workspace; `most` is the size in bytes above which a file is refused."""

    most: int = FILE_MOST
    base: str = ""
    """The address of this server, once it listens."""
    _files: dict[str, File] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)
    _tickets: dict[str, File] = field(default_factory=dict)

    def all(self) -> Sequence[File]:
        """All files that are complete."""
        return tuple(self._files.values())

    def get(self, file_id: str) -> File | None:
        """The file with this id, if it is complete."""
        return self._files.get(file_id)

    def content(self, file_id: str) -> bytes:
        """A file's bytes; KeyError if there is no such file."""
        return self._contents[file_id]

    def put(self, file: File, content: bytes) -> File:
        """Add a file that is complete."""
        self._files[file.id], self._contents[file.id] = file, content
        return file

    def expect(self, name: str, user: str, created: int, size: int, alt_text: str = "") -> tuple[File, str]:
        """Begin an upload: the file to be, and the ticket under which its bytes are sent."""
        ticket = secrets.token_urlsafe(24)
        file = File(new_file_id(), name, name, user, created, size, alt_text)
        self._tickets[ticket] = file
        return file, ticket

    def expected(self, ticket: str) -> File | None:
        """The file whose bytes are to come under a ticket."""
        return self._tickets.get(ticket)

    def receive(self, ticket: str, content: bytes) -> bool:
        """Take the bytes for a ticket; False if there is no such ticket."""
        file = self._tickets.get(ticket)
        if file is None:
            return False
        self._contents[file.id] = content
        return True

    def complete(self, file_id: str, user: str, title: str) -> File:
        """End an upload; `file_not_found` if it was not this user's or nothing was sent."""
        ticket = next((key for key, file in self._tickets.items() if (file.id, file.user) == (file_id, user)), "")
        if not ticket or file_id not in self._contents:
            raise SlackError("file_not_found")
        content = self._contents[file_id]
        file = self._tickets.pop(ticket)
        return self.put(replace(file, title=title or file.name, size=len(content)), content)

    def note_shared(self, file_id: str, channel: str) -> None:
        """Note where a file was shared; KeyError if there is none."""
        file = self._files[file_id]
        self._files[file_id] = replace(file, channels=tuple(dict.fromkeys((*file.channels, channel))))


def new_file_id() -> str:
    """An id for a new file."""
    return f"F{secrets.token_hex(5).upper()}"
