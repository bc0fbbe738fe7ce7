"""conversations.history and conversations.replies: reading messages, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from chathakase.playground.socket_mode.payloads import message_json
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.conversation_access import readable
from chathakase.playground.web_api.methods.cursors import cursor_for, position_of
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.message_ts import micros
from chathakase.playground.world.timeline import Timeline, between
from chathakase.playground.world.values import Json

_CURSOR = "next_ts"


def history(call: Call) -> Json:
    """conversations.history: what stands in the channel, newest first; replies only where they were broadcast."""
    conversation = readable(call)
    timeline = call.world.timeline(conversation.id)
    newest_first = list(reversed(_within(call, timeline.main())))
    limit = call.arguments.whole("limit", 100, most=999)
    return _page(call, timeline, newest_first, limit) | {"pin_count": 0}


def replies(call: Call) -> Json:
    """conversations.replies: a root and its replies, oldest first.

    For a reply's ts only that reply (measured: slackapi/bolt-python#783).
    """
    conversation = readable(call)
    timeline = call.world.timeline(conversation.id)
    ts = call.arguments.required("ts")
    message = timeline.get(ts)
    if message is None:
        raise SlackError("thread_not_found")
    oldest_first = timeline.with_replies(ts) if message.thread_ts is None else [ts]
    limit = call.arguments.whole("limit", 1_000, most=1_000)
    return _page(call, timeline, _within(call, oldest_first), limit)


def _within(call: Call, sequence: Sequence[str]) -> Sequence[str]:
    """The part of a sequence between `oldest` and `latest`; both ends belong to it only with `inclusive`."""
    arguments = call.arguments
    oldest, latest = arguments.text("oldest") or None, arguments.text("latest") or None
    for name, bound in (("oldest", oldest), ("latest", latest)):
        if bound is not None and not _is_time(bound):
            raise SlackError(f"invalid_ts_{name}")
    start, stop = between(sequence, oldest or "0", latest, inclusive=arguments.flag("inclusive"))
    return sequence[start:stop]


def _is_time(text: str) -> bool:
    try:
        micros(text)
    except ValueError:
        return False
    return True


def _page(call: Call, timeline: Timeline, sequence: Sequence[str], limit: int) -> Json:
    start = _start(call, sequence)
    page, rest = sequence[start : start + limit], sequence[start + limit :]
    with_metadata = call.arguments.flag("include_all_metadata")
    messages = [
        message_json(call.world, message, with_metadata=with_metadata)
        for message in map(timeline.get, page)
        if message is not None
    ]
    answer: Json = {"messages": messages, "has_more": bool(rest)}
    if rest:
        answer["response_metadata"] = {"next_cursor": cursor_for(_CURSOR, str(micros(rest[0])))}
    return answer


def _start(call: Call, sequence: Sequence[str]) -> int:
    """Where the page begins: at the cursor's message, or where it would be if it has been deleted since."""
    cursor = call.arguments.text("cursor")
    if not cursor:
        return 0
    position = position_of(cursor, _CURSOR)
    if not position.isdecimal():
        raise SlackError("invalid_cursor")
    at = int(position)
    descending = len(sequence) > 1 and sequence[0] > sequence[-1]
    for index, ts in enumerate(sequence):
        if (micros(ts) <= at) if descending else (micros(ts) >= at):
            return index
    return len(sequence)
