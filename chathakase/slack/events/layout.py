"""What a message says beside its text: in its blocks, its attachments, its files, and in messages that it passes on.

Pure. Shape of attachments: https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments; a table
that somebody pastes is one, with nothing but blocks. All texts are raw, with Slack's escapes and tokens.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from chathakase.core.unicode import fix_surrogates
from chathakase.slack.events import block_text
from chathakase.slack.events.file_texts import file_text_lines
from chathakase.slack.fields import objects, part, words
from chathakase.slack.markdown.escaping import escape, unescape

LONGEST = 12_000
"""Characters that are kept of one message's layout."""
MOST_LINES = 2_000
"""How many lines of one block are looked at."""
DEEPEST = 4
"""How far messages that pass on others are followed."""
NO_TEXT = frozenset({"[no preview available]", "This content can't be displayed."})
"""What Slack says where there is no text."""
SHARES = ("is_share", "is_msg_unfurl", "is_reply_unfurl", "is_thread_root_unfurl")
"""What attachments that are another message have."""
PREVIEWS = ("from_url", "app_unfurl_url")
"""What attachments that Slack adds to a message with links have."""
IN_NO_PREVIEW = ("blocks", "fields", "files", "pretext")
"""What such a preview never holds that does not say what it is a preview of."""

LABEL = re.compile(r"<(!date\^\d++|[^<>|]*+)[^<>]*+>")
"""A token with its label, which only some ways to say the same have. (Possessive, so that it takes no longer than the
text is long where no token ends.)"""
NUMBER = re.compile(r"^\s*\d+\.\s")
"""The number before an item of a list."""


def own_words(message: Mapping[str, Any], text: str) -> str:
    """A message's text, and what its blocks say that the text does not."""
    return "\n".join(filter(None, [text, _bounded(_news(message, text))]))


def attached_words(message: Mapping[str, Any]) -> str:
    """What is said in attachments, files, and the messages of others that somebody passes on, these as quotes.

    Previews of links are left out.
    """
    return _bounded(_attached_lines(message, DEEPEST))


def files_in(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a message, and of the messages that it passes on."""
    return _files_in(message, DEEPEST)


def without_previews(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The attachments of a message that came with it: previews of what it links to are added later, by Slack."""
    return [each for each in objects(message, "attachments") if each.get("is_share") or not _is_preview(each)]


def is_no_text(text: str) -> bool:
    """Whether a text only says that there is none."""
    return text.strip() in NO_TEXT


def _is_shared(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is another message, passed on or linked to."""
    return any(attachment.get(sign) for sign in SHARES)


def _is_preview(attachment: Mapping[str, Any]) -> bool:
    return any(attachment.get(sign) for sign in PREVIEWS)


def _is_own(message: Mapping[str, Any], attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is what somebody says: what stands beside a person's text may be a preview of a link."""
    by_an_app = any(message.get(sign) for sign in ("bot_id", "app_id", "username"))
    return by_an_app or not message.get("text") or any(attachment.get(part) for part in IN_NO_PREVIEW)


def _news(message: Mapping[str, Any], text: str) -> Iterator[str]:
    """What the blocks of a message say that its text does not, block by block."""
    known = _letters(text)
    for block in objects(message, "blocks"):
        if known and block.get("type") == "rich_text" and message.get("client_msg_id"):
            # Slack's clients make the text of what people write.
            continue
        said = list(islice(block_text.lines(block), MOST_LINES))
        if not _is_known(block, said, known):
            yield from said


def _is_known(block: Mapping[str, Any], said: Sequence[str], known: str) -> bool:
    """Whether a text says all that a block does; the words of a table say little without their order."""
    if block.get("type") in block_text.TABLES:
        return len(said) > 1 and _letters("".join(said)) in known
    return all(_letters(line) in known for line in said)


def _attached_lines(message: Mapping[str, Any], deep: int) -> Iterator[str]:
    own = (each for each in without_previews(message) if not _is_shared(each) and _is_own(message, each))
    shared = (each for each in objects(message, "attachments") if _is_shared(each))
    yield from chain.from_iterable(map(_attached, own))
    yield from chain.from_iterable(map(file_text_lines, objects(message, "files")))
    if deep:
        yield from chain.from_iterable(_quoted(each, deep - 1) for each in shared)


def _attached(attachment: Mapping[str, Any]) -> Iterator[str]:
    head = [attachment.get(name) for name in ("pretext", "author_name", "title")]
    body = [attachment.get(name) for name in ("text", "fields", "blocks")]
    said = [line for line in block_text.lines([*head, *body]) if not is_no_text(line)]
    yield from said
    fallback = words(attachment, "fallback")
    if not (is_no_text(fallback) or any(body) or _letters(fallback) in _letters("".join(said))):
        yield fallback
    elif said:
        yield from filter(None, [words(attachment, "footer")])


def _quoted(attachment: Mapping[str, Any], deep: int) -> Iterator[str]:
    """A message that is passed on, with whatever it says."""
    who = escape(unescape(" ".join(words(attachment, "author_name").split())))
    head = f"Shared message{f' of {who}' if who else ''}:"
    message = _message_in(attachment)
    text = "" if is_no_text(words(message, "text")) else words(message, "text")
    said = [*filter(None, [text]), *_news(message, text), *_attached_lines(message, deep)]
    said = said or list(_attached({**attachment, "author_name": "", "footer": ""}))
    if said:
        yield head
        yield from (f"&gt; {line}" for line in "\n".join(said).splitlines())
    elif files := objects(message, "files"):
        yield f"{head} {', '.join(escape(unescape(words(file, 'name'))) or 'a file' for file in files)}"


def _message_in(attachment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message that an attachment is; its blocks stand in it or in ``message_blocks``, and so does what it holds."""
    inner = [part(each, "message") for each in objects(attachment, "message_blocks")]
    parts = {
        name: list(chain.from_iterable(objects(each, name) for each in (attachment, *inner)))
        for name in ("blocks", "attachments", "files")
    }
    text = words(attachment, "text") or next(filter(None, (words(each, "text") for each in inner)), "")
    return {"text": text, **parts}


def _files_in(message: Mapping[str, Any], deep: int) -> list[Mapping[str, Any]]:
    found = objects(message, "files")
    own = (each for each in without_previews(message) if not _is_shared(each))
    found += chain.from_iterable(objects(each, "files") for each in own)
    for each in objects(message, "attachments"):
        if deep and _is_shared(each):
            found += _files_in(_message_in(each), deep - 1)
    return found


def _letters(text: str) -> str:
    """A text without what marks it up, to be compared with what says the same in another way."""
    return "".join(filter(str.isalnum, unescape(LABEL.sub(r"<\1>", NUMBER.sub("", text)))))


def _bounded(lines: Iterable[str]) -> str:
    """As many lines as there is room for."""
    kept, room = list[str](), LONGEST
    for line in lines:
        kept.append(line[:room])
        room -= len(line) + 1
        if room <= 0:
            break
    return fix_surrogates("\n".join(kept))
