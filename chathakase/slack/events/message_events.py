"""From Slack's event payloads to what a person said. Pure.

Shapes: https://docs.slack.dev/reference/events/message and https://docs.slack.dev/reference/events/app_mention.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.core.files import SharedFile
from chathakase.core.types import Incoming, SaidTo
from chathakase.core.unicode import fix_surrogates
from chathakase.slack.direct import is_said_directly
from chathakase.slack.events.block_text import holds
from chathakase.slack.events.layout import attached_words, files_in, is_no_text, own_words
from chathakase.slack.events.shared_files import read_files
from chathakase.slack.events.slack_text import begins_with_other, mentions, readable
from chathakase.slack.fields import ID, Malformed, field
from chathakase.slack.timestamps import TIMESTAMP, microseconds
from chathakase.slack.web.identity import Identity

EVENTS = ("app_mention", "message")
SPOKEN = (None, "file_share", "thread_broadcast", "me_message")
"""The subtypes with which people say something; all others tell of something that happened."""
SLACKBOT = "USLACKBOT"


def read_event(event: Mapping[str, Any], identity: Identity) -> Incoming | None:
    """Read an event; None when nobody says anything with it that concerns the bot. Raises Malformed."""
    if event.get("type") not in EVENTS or not spoken_by_a_person(event, identity):
        return None
    channel, ref = field(event, "channel", ID), field(event, "ts", TIMESTAMP)
    raw, files = own_words(event, text_of(event)), read_files(files_in(event))
    direct = is_said_directly(event)
    mentioned = event["type"] == "app_mention" or mentions(raw, identity.user_id)
    # Who is mentioned in what is attached, or passed on, is not called by it.
    said = "\n".join(filter(None, [raw, attached_words(event)]))
    text = readable(said, bot=identity.user_id, bot_name=identity.name)
    if not (text or files or direct or mentioned):
        return None
    opens = direct or mentioned
    to_others = not opens and begins_with_other(raw, identity.user_id)
    return Incoming(
        place=identity.place(channel, thread_of(event, ref)),
        ref=ref,
        author=field(event, "user", ID),
        text=text,
        said=microseconds(ref),
        opens=opens,
        asks=not to_others,
        files=files,
        said_to=SaidTo.OTHERS if to_others else SaidTo.BOT if mentioned and not direct else SaidTo.ANYBODY,
        direct=direct,
        awaits_files=event["type"] == "app_mention" and _awaits_files(event, files),
    )


def spoken_by_a_person(event: Mapping[str, Any], identity: Identity) -> bool:
    """Whether a message is of a kind with which people say something, and by a person."""
    return (
        event.get("subtype") in SPOKEN
        and not event.get("bot_id")
        and not event.get("hidden")
        and event.get("user") not in (identity.user_id, SLACKBOT)
    )


def text_of(event: Mapping[str, Any]) -> str:
    """A message's raw text. Raises Malformed."""
    raw = event.get("text") or ""
    if not isinstance(raw, str):
        raise Malformed("text")
    return "" if is_no_text(raw) else fix_surrogates(raw)


def thread_of(event: Mapping[str, Any], ref: str) -> str:
    """The thread in which a message stands, or which it may begin. Raises Malformed."""
    return field(event, "thread_ts", TIMESTAMP) if event.get("thread_ts") else ref


def _awaits_files(event: Mapping[str, Any], files: Sequence[SharedFile]) -> bool:
    """Whether a mention tells of files of which only its twin, the message, tells everything.

    It was seen with all of them, with nothing but their ids, and with nothing but an element in its blocks
    (NousResearch/hermes-agent#77141).
    """
    told = event.get("subtype") == "file_share" or event.get("upload") or holds(event.get("blocks"), "file")
    return not all(file.url or file.remote for file in files) or (not files and bool(told))
