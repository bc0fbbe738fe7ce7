"""How a list of somebody's threads reads, in Markdown. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chathakase.core.amounts import span
from chathakase.core.listing import NO_ARCHIVED, NO_MATCH, NO_MORE, PAGE, UNTITLED, ListedThread
from chathakase.core.mentions import by_name
from chathakase.core.types import Place
from chathakase.core.wording import plainly, shortened
from chathakase.engine.listings.list_request import ListRequest
from chathakase.engine.listings.person_threads import PersonThreadsPage

NO_THREADS = "You have no threads with me yet. Send me a message to start one."
NOT_THEN = "None of your threads was active in that time."
LAST_USED = "*last used*"
LAST_LINE = 60
"""Characters of a thread's last line that are shown."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What of their surface and of now is needed to tell somebody of their threads."""

    now: int
    """Epoch milliseconds."""
    names: Mapping[str, str]
    """The names of people who are mentioned, by user id."""
    link: Callable[[Place, str], str]
    """The address of a message."""
    describe: Callable[[Place], str]
    """What a place is called."""


def told(request: ListRequest, found: PersonThreadsPage, telling: Telling) -> str:
    """A page of threads, or one sentence where there are none."""
    note = found.readable.note("listed")
    if not found.page.threads:
        return nothing(request) + note
    lines = [_heading(request, found.page.total), *(line(each, telling) for each in found.page.threads)]
    return "\n".join(lines) + note


def nothing(request: ListRequest) -> str:
    """What is said where there are no threads such as somebody wants, or no more."""
    if request.page > 1:
        return NO_MORE
    if request.words:
        return NO_MATCH.format(plainly(request.words))
    if request.since or request.until:
        return NOT_THEN
    return NO_ARCHIVED if request.archived else NO_THREADS


def line(thread: ListedThread, telling: Telling) -> str:
    """One thread: ``- [Trip to Kyoto](https://…) (3), in #travel, 5 min 3 s ago, *last used*: Pack an umbrella``."""
    last = f": {_last_line(thread, telling)}" if thread.last and thread.last.text.strip() else ""
    return f"- {_title(thread, telling)} {', '.join(_about(thread, telling))}{last}"


def _heading(request: ListRequest, total: int) -> str:
    what = "Your archived threads" if request.archived else "Your threads"
    about = f" about “{plainly(request.words)}”" if request.words else ""
    pages = -(-total // PAGE)
    page = f", page {request.page} of {max(pages, request.page)}" if max(pages, request.page) > 1 else ""
    return f"**{what}{about}** ({total:,}){page}"


def _title(thread: ListedThread, telling: Telling) -> str:
    title = plainly(by_name(thread.title, telling.names)) or UNTITLED
    link = telling.link(thread.place, thread.place.thread) if thread.place else ""
    return f"[{title}]({link})" if link else title


def _about(thread: ListedThread, telling: Telling) -> Iterator[str]:
    yield f"({thread.exchanges:,})"
    if thread.place:
        yield f"in {telling.describe(thread.place)}"
    yield f"{span((telling.now - thread.active) / 1000)} ago"
    if thread.is_last_used:
        yield LAST_USED


def _last_line(thread: ListedThread, telling: Telling) -> str:
    text = " ".join(by_name(thread.last.text if thread.last else "", telling.names).split())
    return plainly(shortened(text, LAST_LINE))
