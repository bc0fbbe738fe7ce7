"""From the files of Slack's messages to what is shared. Pure.

Shape: https://docs.slack.dev/reference/objects/file-object.
"""

import re
from collections.abc import Mapping
from typing import Any

from chathakase.core.files import SharedFile
from chathakase.core.unicode import mend
from chathakase.slack.inward.fields import ID, words

DELETED = "tombstone"
"""The ``mode`` of a file that was deleted, of which nothing but the id is left."""
VISIBLE = (None, "visible")
"""The ``file_access`` of files that can be fetched as they are; ``check_file_info`` is that of another organisation's,
about which Slack would have to be asked first."""
KIND = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}", re.ASCII)
LONGEST_NAME = 255
MOST = 50
"""How many files of one message are looked at; Slack's clients share ten at once."""
MOST_BYTES = 2**53


def read_files(files: object) -> tuple[SharedFile, ...]:
    """Read what is shared with a message; what cannot be fetched from Slack has a name and no address."""
    if not isinstance(files, list):
        return ()
    shared = [file for file in files[:MOST] if isinstance(file, Mapping) and file.get("mode") != DELETED]
    found = (_file(file, number) for number, file in enumerate(shared))
    return tuple({file.id: file for file in found}.values())


def _file(file: Mapping[str, Any], number: int) -> SharedFile:
    id_, kind, size = words(file, "id"), words(file, "mimetype"), file.get("size")
    return SharedFile(
        id=id_ if ID.fullmatch(id_) else f"unknown-{number}",
        name=_name(file),
        kind=kind.lower() if KIND.fullmatch(kind) else "",
        size=size if type(size) is int and 0 <= size < MOST_BYTES else 0,
        url=_url(file),
    )


def _name(file: Mapping[str, Any]) -> str:
    name = " ".join(mend(words(file, "name") or words(file, "title")).split())
    return name[:LONGEST_NAME] or "a file"


def _url(file: Mapping[str, Any]) -> str:
    """Where Slack itself holds the file: whoever else holds one must never see the bot's token."""
    if file.get("is_external") or file.get("file_access") not in VISIBLE:
        return ""
    url = words(file, "url_private_download") or words(file, "url_private")
    return url if url.startswith(("https://", "http://")) and url.isascii() else ""
