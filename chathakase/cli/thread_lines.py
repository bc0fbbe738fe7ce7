"""How ``chathakase threads`` prints threads."""

import json
from collections.abc import Iterator

from chathakase.core.amounts import counted
from chathakase.core.listing import ListedThread
from chathakase.core.moments import day_and_time, iso
from chathakase.showing import harmless

UNTITLED = "(no title)"


def as_lines(thread: ListedThread) -> Iterator[str]:
    """What is known of a thread, for a terminal."""
    told = [
        f"{day_and_time(thread.active * 1000)} UTC",
        thread.name,
        _one_line(thread.title) or UNTITLED,
        counted(thread.exchanges, "answer"),
        *(["archived"] if thread.archived else []),
    ]
    yield harmless("  ".join(told))
    if thread.last:
        yield harmless(f"    {thread.last.author or 'assistant'}: {_one_line(thread.last.text)}")


def as_json_line(thread: ListedThread) -> str:
    """The same for programs."""
    place, last = thread.place, thread.last
    return json.dumps(
        {
            "session": thread.session,
            "surface": place.surface if place else "",
            "workspace": place.workspace if place else "",
            "channel": place.channel if place else "",
            "thread": place.thread if place else "",
            "title": thread.title,
            "agent": thread.agent,
            "owner": thread.owner,
            "messages": thread.messages,
            "exchanges": thread.exchanges,
            "active": iso(thread.active * 1000),
            "archived": thread.archived,
            "is_last_used": thread.is_last_used,
            "last": {"author": last.author, "text": last.text, "at": iso(last.at * 1000)} if last else None,
        }
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
