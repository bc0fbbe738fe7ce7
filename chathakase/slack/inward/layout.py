"""What a message says beside its text: in its blocks, its attachments, and the messages that it passes on. Pure.

Shapes: https://docs.slack.dev/reference/block-kit/blocks and
https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments. They are read by what their parts
are called rather than by their kinds, of which Slack adds more. All texts are raw, with Slack's escapes and tokens.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from chathakase.core.unicode import mend
from chathakase.slack.inward.fields import ID, words
from chathakase.slack.inward.reading import unescape
from chathakase.slack.markdown.plain import escape

LONGEST = 12_000
"""Characters that are kept of one message's layout."""
DEEPEST = 12
"""How far parts within parts are followed."""

SPOKEN_PARTS = ("title", "subtitle", "text", "value", "body", "description", "fields", "elements", "rows", "blocks")
"""Where blocks, and the fields of attachments, keep what they say, in the order of reading."""
SILENT = frozenset({"actions", "button", "input", "image", "overflow", "static_select", "context_actions"})
"""What is there to be pressed or looked at."""
PLAIN = "plain_text"
"""A text in which nothing is a token (https://docs.slack.dev/reference/block-kit/composition-objects/text-object)."""
LINES = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})
"""Parts of rich text whose elements make up lines together."""
MARKS = {
    "user": ("user_id", "<@{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "channel": ("channel_id", "<#{}>"),
}
"""Elements of rich text that name something, by the field with its id."""


def beside(message: Mapping[str, Any], text: str) -> str:
    """What blocks and attachments of an app's message say that its text does not; previews of links are left out."""
    known = _letters(text)
    blocks = (list(_lines(block, DEEPEST)) for block in objects(message, "blocks"))
    news = (lines for lines in blocks if not all(_letters(line) in known for line in lines))
    own = (each for each in without_previews(message) if not is_shared(each))
    return _bounded(chain.from_iterable(chain(news, map(_attached, own))))


def in_blocks(message: Mapping[str, Any]) -> str:
    """What the blocks of a message say."""
    return _bounded(_lines(objects(message, "blocks"), DEEPEST))


def passed_on(message: Mapping[str, Any]) -> str:
    """The messages of others that somebody shares with theirs, as quotes."""
    return _bounded(chain.from_iterable(_quoted(each) for each in objects(message, "attachments") if is_shared(each)))


def is_shared(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is another message, passed on or linked to."""
    return bool(attachment.get("is_share") or attachment.get("is_msg_unfurl"))


def without_previews(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The attachments of a message that came with it: previews of what it links to are added later, by Slack."""
    return [each for each in objects(message, "attachments") if each.get("is_share") or not each.get("from_url")]


def objects(message: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A field that should be a list of objects; what is none is left out."""
    value = message.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _attached(attachment: Mapping[str, Any]) -> Iterator[str]:
    yield from _lines([attachment.get("pretext"), attachment.get("title")], DEEPEST)
    said = list(_lines([attachment.get("text"), attachment.get("fields"), attachment.get("blocks")], DEEPEST))
    yield from said or filter(None, [words(attachment, "fallback")])


def _quoted(attachment: Mapping[str, Any]) -> Iterator[str]:
    said = [each.get("message") for each in objects(attachment, "message_blocks")]
    lines = list(_lines([attachment.get("text")], DEEPEST)) or list(_lines(said, DEEPEST))
    lines = lines or list(_attached(attachment))
    if lines:
        who = escape(unescape(" ".join(words(attachment, "author_name").split())))
        yield f"Shared message{f' of {who}' if who else ''}:"
        yield from (f"&gt; {line}" for line in "\n".join(lines).splitlines())


def _lines(part: object, deep: int) -> Iterator[str]:
    """What is said in a part, and in its parts, line by line."""
    if isinstance(part, str):
        yield from filter(None, [part])
    elif isinstance(part, list) and deep:
        yield from chain.from_iterable(_lines(each, deep - 1) for each in part)
    elif isinstance(part, Mapping) and deep and words(part, "type") not in SILENT:
        if words(part, "type") in LINES:
            yield from filter(None, ["".join(map(_inline, objects(part, "elements")))])
        elif words(part, "type") == PLAIN:
            yield from filter(None, [escape(unescape(words(part, "text")))])
        else:
            yield from chain.from_iterable(_lines(part.get(name), deep - 1) for name in SPOKEN_PARTS)


def _inline(element: Mapping[str, Any]) -> str:
    """An element of rich text as the text of a message would have it."""
    kind, text = words(element, "type"), escape(words(element, "text"))
    if kind in MARKS:
        name, mark = MARKS[kind]
        id_ = words(element, name)
        return mark.format(id_) if ID.fullmatch(id_) else escape(id_)
    if kind == "link":
        url = escape(words(element, "url"))
        return f"<{url}|{text}>" if text else f"<{url}>"
    if kind == "broadcast":
        return f"<!{escape(words(element, 'range'))}>"
    return f":{escape(words(element, 'name'))}:" if kind == "emoji" else text


def _letters(text: str) -> str:
    """A text without what marks it up, to be compared with what says the same in another way."""
    return "".join(filter(str.isalnum, unescape(text)))


def _bounded(lines: Iterable[str]) -> str:
    """As many lines as there is room for."""
    kept, room = list[str](), LONGEST
    for line in lines:
        kept.append(line[:room])
        room -= len(line) + 1
        if room <= 0:
            break
    return mend("\n".join(kept))
