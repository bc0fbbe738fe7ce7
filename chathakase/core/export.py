"""A whole session as files: Markdown for people, JSON for programs. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import regex

from chathakase.core.amounts import counted, size
from chathakase.core.files import Attachment
from chathakase.core.memory import Transcript
from chathakase.core.mentions import by_name, people_in
from chathakase.core.moments import day_and_time, iso
from chathakase.core.names import Names as Authors
from chathakase.core.types import Role, StoredMessage
from chathakase.core.unicode import UNSEEN, visible

FORMAT = 1
"""Counts up when programs that read the JSON would have to change."""
UNTITLED = "A session"
ASSISTANT = "assistant"
LONGEST_NAME = 100
"""Characters of a file's name, without its ending."""

_STARS = str.maketrans({"*": r"\*", "\\": r"\\"})

Names = Mapping[str, str]
"""What people are called, by user id; who is not there keeps the id."""


def as_json(transcript: Transcript, names: Names) -> str:
    """Everything of a session, for programs; ``docs/commands.md`` explains each field."""
    authors = _authors(transcript, names)
    summary, place = {"summary": transcript.summary} if transcript.summary else {}, transcript.place
    told = {
        "format": FORMAT,
        "session": transcript.name,
        "channel": place.channel if place else "",
        "thread": place.thread if place else "",
        "title": transcript.title,
        "began": iso(transcript.began * 1000),
        "active": iso(transcript.active * 1000),
        **summary,
        "people": {id_: names.get(id_, id_) for id_ in people_in(transcript.messages)},
        "messages": [_message(message, authors) for message in transcript.messages],
    }
    # Programs read the same, and a terminal that shows the file obeys nothing in it.
    return UNSEEN.sub(_escaped, json.dumps(told, ensure_ascii=False, indent=2)) + "\n"


def as_markdown(transcript: Transcript, names: Names, *, assistant: str = ASSISTANT) -> str:
    """Everything of a session, for people; what was said stands in quotes, so that it can pass for nothing else."""
    return "\n\n".join(_paragraphs(transcript, names, assistant)) + "\n"


def file_name(session: str) -> str:
    """A name for the files of a session, by its name: without an ending; no folder is in it, and no other shares it."""
    name = re.sub(r"[^A-Za-z0-9_.-]|^[.-]+", "_", session)[:LONGEST_NAME] or "_"
    return name if name == session else f"{name}-{sha256(session.encode()).hexdigest()[:12]}"


def _paragraphs(transcript: Transcript, names: Names, assistant: str) -> Iterator[str]:
    yield f"# {_unbroken(transcript.title) or UNTITLED}"
    yield "\n".join(
        (
            f"- Session: `{transcript.name}`",
            f"- Began: {_when(transcript.began * 1000)}",
            f"- Last active: {_when(transcript.active * 1000)}",
            f"- {counted(len(transcript.messages), 'message')}",
        )
    )
    authors = _authors(transcript, names, assistant)
    apart = authors.by_id()
    names = {id_: apart.get(id_, name) for id_, name in names.items()}
    if transcript.summary:
        yield "## Summary of the beginning"
        yield _quoted(by_name(transcript.summary, names))
    yield "## What was said"
    for message in transcript.messages:
        author = assistant if message.role is Role.ASSISTANT else authors.of(message)
        yield f"**{_unbroken(author).translate(_STARS)}**, {_when(message.said)}"
        if message.text.strip():
            yield _quoted(by_name(message.text, names))
        if message.attachments:
            yield "\n".join(f"- attached: {_described(attachment)}" for attachment in message.attachments)


def _authors(transcript: Transcript, names: Names, *taken: str) -> Authors:
    people = {id_: names.get(id_, id_) for id_ in people_in(transcript.messages)}
    return Authors(people, transcript.messages, bots="{}", taken=taken)


def _message(message: StoredMessage, authors: Authors) -> dict[str, Any]:
    told: dict[str, Any] = {"at": iso(message.said), "role": str(message.role)}
    if message.author or message.name:
        told |= {"author": message.author, "name": authors.of(message)}
    if message.ref:
        told["ref"] = message.ref
    told["text"] = message.text
    if message.attachments:
        told["files"] = [_file(attachment) for attachment in message.attachments]
    return told


def _file(attachment: Attachment) -> dict[str, Any]:
    file = attachment.file
    told: dict[str, Any] = {"name": file.name, "kind": file.kind, "size": file.size}
    if attachment.refusal:
        told["unread"] = attachment.refusal
    return told


def _described(attachment: Attachment) -> str:
    file = attachment.file
    about = [_unbroken(file.kind), size(file.size) if file.size else "", _unbroken(attachment.refusal)]
    told = ", ".join(each for each in about if each)
    return f"{_unbroken(file.name)} ({told})" if told else _unbroken(file.name)


def _when(microseconds: int) -> str:
    return f"{day_and_time(microseconds)} UTC"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_shown(line)}".rstrip() for line in text.strip("\n").splitlines())


def _unbroken(text: str) -> str:
    """A text on one line, as long as it is."""
    return _shown(" ".join(text.split()))


def _shown(line: str) -> str:
    """A line in which control characters are seen, but for tabs, which code is indented with."""
    return "\t".join(map(visible, line.split("\t")))


def _escaped(found: "regex.Match[str]") -> str:
    return found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}"
