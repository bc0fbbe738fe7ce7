"""From Slack's messages to what anybody said, other bots and ourselves included. Pure.

Messages of apps have a ``bot_id``, and most a ``bot_profile`` with a name; older ones the subtype of
https://docs.slack.dev/reference/events/message/bot_message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chathakase.core.types import Incoming
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.events.layout import attached_words, files_in, own_words
from chathakase.slack.events.message_events import SPOKEN, read_event, text_of, thread_of
from chathakase.slack.events.shared_files import read_files
from chathakase.slack.events.slack_text import readable
from chathakase.slack.fields import ID, field, objects, part, words
from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE
from chathakase.slack.markdown.original import original
from chathakase.slack.own_messages import PLACEHOLDER, asker_of, turn_of
from chathakase.slack.timestamps import TIMESTAMP, microseconds
from chathakase.slack.web.identity import Identity

SAYING = (*SPOKEN, "bot_message")
LONGEST_NAME = 80


def read_anybody(message: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """Read a message, with its channel; None when nothing is said with it. Raises Malformed.

    It asks only if it says so itself, by a mention or as a direct message; all else is context.
    """
    if message.get("subtype") not in SAYING or message.get("hidden"):
        return None
    if is_ours(message, identity):
        return _ours(message, identity)
    if is_a_bots(message):
        return _of_a_bot(message, identity)
    incoming = read_event({**message, "type": "message"}, identity)
    if incoming is None or not (incoming.text or incoming.files):
        return None
    return replace(incoming, asks=incoming.opens)


def read_bot(event: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """Read what another bot says in a thread; None for all other events. Raises Malformed.

    It opens nothing and asks nothing, whomever it mentions, so that two bots never answer each other for ever. Where we
    could not tell our own messages from others', none is read.
    """
    in_a_thread = event.get("type") == "message" and event.get("thread_ts")
    if not in_a_thread or not identity.bot_id or not is_a_bots(event) or is_ours(event, identity):
        return None
    return read_anybody(event, identity)


def is_ours(message: Mapping[str, Any], identity: Identity) -> bool:
    """Whether we wrote a message."""
    bot_id = message.get("bot_id")
    return message.get("user") == identity.user_id or (bool(bot_id) and bot_id == identity.bot_id)


def is_a_bots(message: Mapping[str, Any]) -> bool:
    """Whether an app posted a message, ours or another."""
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _ours(message: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """A page of an answer; answers to commands, and files that were asked for, are no part of a conversation.

    What we posted for somebody as the first message of a thread is what they say.
    """
    if asker := asker_of(message):
        asked = "\n".join(_quoted(message))
        return replace(_said(message, asked, identity), author=asker) if asked else None
    text = "\n\n".join(_markdown(message)) or readable(text_of(message), bot="", bot_name=identity.name)
    if turn_of(message) == "" or message.get("files") or text.strip("_") in ("", PLACEHOLDER.strip("_")):
        return None
    return replace(_said(message, text, identity), author=identity.user_id, ours=True)


def _of_a_bot(message: Mapping[str, Any], identity: Identity) -> Incoming | None:
    raw = "\n".join(filter(None, [own_words(message, text_of(message)), attached_words(message)]))
    text, files = readable(raw, bot=identity.user_id, bot_name=identity.name), read_files(files_in(message))
    if not (text or files):
        return None
    name = words(part(message, "bot_profile"), "name") or words(message, "username")
    return replace(
        _said(message, text, identity),
        author=field(message, "bot_id" if message.get("bot_id") else "user", ID),
        name=" ".join(fix_surrogates(name).split())[:LONGEST_NAME] or "a bot",
        files=files,
    )


def _said(message: Mapping[str, Any], text: str, identity: Identity) -> Incoming:
    ref = field(message, "ts", TIMESTAMP)
    place = identity.place(field(message, "channel", ID), thread_of(message, ref))
    return Incoming(place, ref, author="", text=text, said=microseconds(ref), opens=False, asks=False)


def _quoted(message: Mapping[str, Any]) -> Iterator[str]:
    """What somebody said of which a message of ours is made, as they said it."""
    for block in objects(message, "blocks"):
        for quote in objects(block, "elements"):
            if quote.get("type") == "rich_text_quote":
                text = "".join(words(element, "text") for element in objects(quote, "elements"))
                yield fix_surrogates(text.replace(ZERO_WIDTH_SPACE, ""))


def _markdown(message: Mapping[str, Any]) -> Iterator[str]:
    """The Markdown of a message of ours, where Slack gives it back as it was."""
    for block in objects(message, "blocks"):
        if block.get("type") == "markdown":
            yield original(fix_surrogates(words(block, "text")))
