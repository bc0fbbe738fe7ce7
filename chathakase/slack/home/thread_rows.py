"""How one thread looks in a list, and what can be done with it there. Pure."""

from collections.abc import Iterator

from chathakase.core.amounts import span
from chathakase.core.listing import UNTITLED, ListedThread
from chathakase.core.mentions import by_name
from chathakase.core.overview import Overview
from chathakase.core.types import LastMessage, Place
from chathakase.core.wording import shortened
from chathakase.slack.direct import is_direct
from chathakase.slack.elements import LONGEST_DIALOG_TITLE, LONGEST_LABEL, Element, button, sure
from chathakase.slack.home.home_actions import HomeAction, RowKey
from chathakase.slack.home.home_views import actions
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.markdown import rich_text
from chathakase.slack.markdown.plain import plain
from chathakase.slack.markdown.rich_text import Part

LONGEST_TITLE, LONGEST_LINE, LONGEST_NAME = 80, 90, 40
"""Characters of a title, of what was said last, and of who said it; more is known, so that one sees that it goes on."""

LAST_USED = "💬 last used"
YOU, SOMEBODY = "You", "Somebody"
DELETING = (
    "I will forget everything that was said there, including my answers. The messages stay visible in Slack. "
    "This can't be undone."
)


class ThreadRows:
    """Draws the rows of somebody's overview."""

    def __init__(self, overview: Overview, links: PlaceLinks) -> None:
        self._overview = overview
        self._links = links

    def row(self, thread: ListedThread) -> list[Element]:
        """The blocks of one thread: what it is, and below it the buttons."""
        sections = [rich_text.section(self._about(thread))]
        if self._overview.state.last_lines and thread.last and (said := self._said(thread.last)):
            sections.append(rich_text.section(self._last_line(thread.last, said)))
        about = rich_text.block(*sections)
        if thread.place is None:
            # There is nothing to open, and no place at which a command could be about it.
            return [about]
        return [about, actions(f"thread_{thread.session}", list(self._buttons(thread, thread.place)))]

    def _about(self, thread: ListedThread) -> Iterator[Part]:
        """``Trip to Kyoto (3) · #travel · 5 minutes ago · 💬 last used``."""
        url = self._links.link(thread.place, thread.place.thread) if thread.place else ""
        title = self._title(thread)
        yield rich_text.link(url, title, rich_text.BOLD) if url else rich_text.text(title, rich_text.BOLD)
        yield rich_text.text(f" ({thread.exchanges:,}) · ")
        if thread.place:
            yield from rich_text.inline(self._links.describe(thread.place))
            yield rich_text.text(" · ")
        yield rich_text.ago(thread.active, f"{span((self._overview.now - thread.active) / 1000)} ago")
        marks = (("archived", thread.archived), (LAST_USED, thread.is_last_used))
        if told := "".join(f" · {mark}" for mark, applies in marks if applies):
            yield rich_text.text(told)

    def _last_line(self, last: LastMessage, said: str) -> Iterator[Part]:
        yield self._author(last.author)
        yield rich_text.text(f": {said}")

    def _said(self, last: LastMessage) -> str:
        return self._words(last.text if last.author else plain(last.text), LONGEST_LINE)

    def _author(self, author: str) -> Part:
        if not author:
            return rich_text.text(self._words(self._overview.agent, LONGEST_NAME) or SOMEBODY)
        if author == self._overview.person:
            return rich_text.text(YOU)
        if name := self._words(self._overview.names.get(author, ""), LONGEST_NAME):
            return rich_text.text(name)
        return rich_text.user(author, SOMEBODY)

    def _buttons(self, thread: ListedThread, place: Place) -> Iterator[Element]:
        key, title = RowKey(thread.session, place.channel, place.thread).value, self._title(thread)
        if url := self._links.link(place, place.thread):
            yield button(HomeAction.OPEN, "Open", key) | {"url": url} | _read_as("Open", title)
        yield button(HomeAction.RENAME, "✏️", key) | _read_as("Rename", title)
        if not self._may_retire(thread, place):
            return
        if not thread.archived:
            yield button(HomeAction.ARCHIVE, "Archive", key) | _read_as("Archive", title)
        asked = sure("Delete", title=_about_it("Delete", title, LONGEST_DIALOG_TITLE) + "?", text=DELETING)
        yield button(HomeAction.DELETE, "🗑️", key) | _read_as("Delete", title) | {"style": "danger", "confirm": asked}

    def _may_retire(self, thread: ListedThread, place: Place) -> bool:
        """Whether it is worth offering; who really may is decided when it is pressed."""
        is_theirs = thread.owner in ("", self._overview.person) or is_direct(place.channel)
        return is_theirs or self._overview.admin is not None

    def _title(self, thread: ListedThread) -> str:
        return self._words(thread.title, LONGEST_TITLE) or UNTITLED

    def _words(self, text: str, most: int) -> str:
        return rich_text.words(by_name(text, self._overview.names), most)


def _read_as(what: str, title: str) -> Element:
    """What screen readers say of a button, which stands in every row."""
    return {"accessibility_label": _about_it(what, title, LONGEST_LABEL)}


def _about_it(what: str, title: str, most: int) -> str:
    return f"{shortened(f'{what} “{title}', most - 2)}”"
