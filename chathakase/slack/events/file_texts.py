"""What Slack has put in words already of the files of a message. Pure.

A clip's ``transcription`` is told once it is made, and only its beginning where ``has_more`` says so; an e-mail's text
stands in ``plain_text`` (https://docs.slack.dev/reference/objects/file-object).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chathakase.slack.fields import objects, part, words
from chathakase.slack.markdown.escaping import escape, unescape

LATER = frozenset({"transcription", "plain_text", "alt_txt"})
"""What may be told of a file only after it was shared."""


def file_text_lines(file: Mapping[str, Any]) -> Iterator[str]:
    """What is told of a file, line by line, as raw text."""
    name = _plain(words(file, "title") or words(file, "name")) or "a file"
    yield from _quoted(f"Transcript of {name}:", transcript(file))
    yield from _quoted(f"E-mail{_headed(file)}:", words(file, "plain_text"))
    if described := _plain(words(file, "alt_txt")):
        yield f"{name} shows: {described}"


def has_whole_text(file: Mapping[str, Any]) -> bool:
    """Whether nothing is left to be read of a file."""
    spoken, preview = transcript(file), part(part(file, "transcription"), "preview")
    return bool(spoken and not preview.get("has_more")) or bool(words(file, "plain_text"))


def will_have_text(file: Mapping[str, Any]) -> bool:
    """Whether more of a clip can be had in words than is told of it now."""
    return awaits_text(file) or bool(transcript(file) and not has_whole_text(file))


def awaits_text(file: Mapping[str, Any]) -> bool:
    """Whether Slack is still putting a clip in words."""
    return part(file, "transcription").get("status") == "processing"


def without_late_texts(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message without what Slack may tell of its files only later."""
    files = [{name: file[name] for name in file if name not in LATER} for file in objects(message, "files")]
    return {**message, "files": files}


def transcript(file: Mapping[str, Any]) -> str:
    """What is said in a clip, as far as it is told."""
    return words(part(part(file, "transcription"), "preview"), "content").strip()


def _headed(file: Mapping[str, Any]) -> str:
    subject, senders = _plain(words(file, "subject") or words(file, "title")), objects(file, "from")
    whom = ", ".join(filter(None, (_plain(words(each, "original") or words(each, "address")) for each in senders)))
    return (f" “{subject}”" if subject else "") + (f" from {whom}" if whom else "")


def _quoted(head: str, text: str) -> Iterator[str]:
    if text.strip():
        yield head
        yield from (f"&gt; {escape(unescape(line))}" for line in text.strip().splitlines())


def _plain(text: str) -> str:
    return escape(unescape(" ".join(text.split())))
