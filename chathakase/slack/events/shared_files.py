"""From the files of Slack's messages to what is shared. Pure.

Shape: https://docs.slack.dev/reference/objects/file-object.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.core.files import SharedFile
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.events.file_texts import has_whole_text, will_have_text
from chathakase.slack.fields import ID, words

DELETED = "tombstone"
"""The ``mode`` of a file that was deleted, of which nothing but the id is left."""
VISIBLE = (None, "visible")
"""The ``file_access`` of files that can be fetched as they are; ``check_file_info`` is that of another organisation's,
about which Slack would have to be asked first."""
KIND = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}", re.ASCII)
ADDRESSES = ("url_private_download", "url_private")
"""Where a file is, the first that there is."""
REMOTE_SIGNS = ("is_external", "external_type", "external_id", "external_url")
"""Fields that only files have which somebody else keeps; see
https://docs.slack.dev/reference/methods/files.remote.info."""
REMOTE_KIND = "application/vnd.slack-remote"
CLIP = "application/vnd.slack-clip"
"""The media type of a clip of which Slack will tell what is said in it."""
PAGE = "application/vnd.slack-docs"
"""The media type of what Slack itself keeps as a page, such as a canvas, and hands out as HTML."""
LIST = "application/vnd.slack-list"
"""The media type of a list, which Slack shows as a page and hands out as none."""
PAGES = frozenset({"quip", "canvas", "docs", "space", "post", "email"})
"""The ``mode`` or ``filetype`` of what Slack keeps as a page: canvases, older posts, e-mails that were sent to it."""
LONGEST_NAME = 255
LONGEST_TITLE = 80
MOST = 50
"""How many files of one message are looked at; Slack's clients share ten at once."""
MOST_BYTES = 2**53


def read_files(files: Sequence[Mapping[str, Any]]) -> tuple[SharedFile, ...]:
    """Read what is shared with a message; what cannot be fetched as it is has a name and no address.

    What Slack has put in words already is no file any more.
    """
    shared = [file for file in files[:MOST] if file.get("mode") != DELETED and not has_whole_text(file)]
    found = (_file(file, number) for number, file in enumerate(shared))
    return tuple({file.id: file for file in found}.values())


def _file(file: Mapping[str, Any], number: int) -> SharedFile:
    id_, size = words(file, "id"), file.get("size")
    return SharedFile(
        id=id_ if ID.fullmatch(id_) else f"unknown-{number}",
        name=_name(file),
        kind=kind_of(file),
        size=size if type(size) is int and 0 <= size < MOST_BYTES else 0,
        url=_url(file),
        remote=is_remote(file),
    )


def is_remote(file: Mapping[str, Any]) -> bool:
    """Whether somebody else than Slack keeps a file, and so says where it is."""
    kept = (words(file, "mode").lower(), words(file, "mimetype").lower())
    return kept[0] == "external" or kept[1] == REMOTE_KIND or any(file.get(sign) for sign in REMOTE_SIGNS)


def kind_of(file: Mapping[str, Any]) -> str:
    """A file's media type; empty where it is odd, or not told."""
    ways = {words(file, "mode").lower(), words(file, "filetype").lower()}
    if ways & PAGES:
        return PAGE
    if "list" in ways:
        return LIST
    if will_have_text(file):
        return CLIP
    kind = words(file, "mimetype")
    return kind.lower() if KIND.fullmatch(kind) else ""


def address_of(file: Mapping[str, Any]) -> str:
    """Where a file is, as far as that is an address at all; empty if it is told nowhere."""
    return address_in(file, *ADDRESSES)


def address_in(file: Mapping[str, Any], *names: str) -> str:
    """The first of some fields that is an address; empty if none is."""
    told = (words(file, name) for name in names)
    return next((url for url in told if url.startswith(("https://", "http://")) and url.isascii()), "")


def _name(file: Mapping[str, Any]) -> str:
    """What a file is called, with the title that somebody gave it."""
    name, title = (" ".join(fix_surrogates(words(file, each)).split()) for each in ("name", "title"))
    known = {_letters(name), _letters(name.rpartition(".")[0])}
    given = title if name and _letters(title) not in known | {""} else ""
    # What kind of file it is stands at the end.
    return f"{given[:LONGEST_TITLE]}{' – ' if given else ''}{name or title}"[:LONGEST_NAME] or "a file"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _url(file: Mapping[str, Any]) -> str:
    return "" if is_remote(file) or file.get("file_access") not in VISIBLE else address_of(file)
