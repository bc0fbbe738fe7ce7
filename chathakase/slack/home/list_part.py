"""A page of somebody's threads and all that they can do with the list, on Home and in a modal alike. Pure."""

from collections.abc import Iterator, Mapping

from chathakase.core.amounts import counted
from chathakase.core.listing import NO_ARCHIVED, NO_MATCH, NO_MORE, PAGE
from chathakase.core.overview import Overview, Shown
from chathakase.slack.elements import Element, button, plain_text
from chathakase.slack.home.home_actions import LONGEST_SEARCH, HomeAction, fitting
from chathakase.slack.home.home_views import LONGEST_HINT, actions, divider, field, said, select, showing, text_input
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.home.thread_rows import ThreadRows
from chathakase.slack.markdown import rich_text

TITLE = "Your threads"

SHOWN: Mapping[str, str] = {
    Shown.ACTIVE: "Active threads",
    Shown.ARCHIVED: "Archived threads",
    Shown.ALL: "All threads",
}
NOTHING_YET = "Nothing here yet. Ask me anything, and our conversation will show up here."
SEARCH, SEARCH_HINT = "Search", "Words in the title or in what was said"


def is_empty(overview: Overview) -> bool:
    """Whether somebody has no threads to show: not just none of those that they look for."""
    state, found = overview.state, overview.threads
    looking = state.search or state.page > 1 or state.shown is Shown.ARCHIVED
    return not (found.threads or looking)


def list_part(overview: Overview, links: PlaceLinks, *, lines: bool = True) -> Iterator[Element]:
    """The blocks of the list; with ``lines``, one is drawn above each thread."""
    if is_empty(overview):
        yield rich_text.block(rich_text.section([rich_text.text(NOTHING_YET)]))
        yield _controls(overview, button(HomeAction.NEW_CHAT, "Start new chat"))
    else:
        yield rich_text.block(rich_text.section([rich_text.text(_in_short(overview))]))
        yield _controls(overview, button(HomeAction.NEW_CHAT, "New chat"), button(HomeAction.REFRESH, "Refresh"))
        yield _search(overview)
    yield from said(overview.note)
    rows = ThreadRows(overview, links)
    for thread in overview.threads.threads[:PAGE]:
        if lines:
            yield divider()
        yield from rows.row(thread)
    yield from _paging(overview)


def _in_short(overview: Overview) -> str:
    state, found = overview.state, overview.threads
    if not found.threads:
        return _nothing(overview)
    if state.search:
        matches = counted(found.total, "thread matches", "threads match")
        return f"{matches} “{rich_text.words(state.search, LONGEST_SEARCH)}”."
    if state.shown is Shown.ARCHIVED:
        return f"You have {counted(found.total, 'archived thread')}."
    ending = ", archived ones included" if state.shown is Shown.ALL else ""
    return f"You have {counted(found.total, 'thread')}{ending}."


def _nothing(overview: Overview) -> str:
    state = overview.state
    if state.page > 1:
        return NO_MORE
    return NO_MATCH.format(rich_text.words(state.search, LONGEST_SEARCH)) if state.search else NO_ARCHIVED


def _controls(overview: Overview, *buttons: Element) -> Element:
    first, *others = buttons
    shown = select(HomeAction.SHOWN, "Which threads", SHOWN, overview.state.shown)
    extra = [button(HomeAction.SHOW_ALL, "Show all")] if overview.state.search else []
    elements = [first | {"style": "primary"}, *others, *extra, shown]
    return actions(showing("controls", overview.state.shown), elements)


def _search(overview: Overview) -> Element:
    """A field that is heard of when somebody presses Enter in it."""
    entered = text_input(HomeAction.SEARCH, LONGEST_SEARCH, overview.state.search) | {
        "placeholder": plain_text(SEARCH_HINT, LONGEST_HINT),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    name = showing("search", overview.state.search)
    return field(name, SEARCH, entered, optional=True) | {"dispatch_action": True}


def _paging(overview: Overview) -> Iterator[Element]:
    page, following = overview.state.page, fitting(overview.threads.next) if overview.threads.threads else ""
    if page == 1 and not following:
        return
    pages = max(-(-overview.threads.total // PAGE), page)
    yield {"type": "context", "elements": [plain_text(f"Page {page:,} of {pages:,}", LONGEST_HINT)]}
    first = [button(HomeAction.FIRST_PAGE, "First page")] if page > 1 else []
    more = [button(HomeAction.NEXT_PAGE, "Next page", following)] if following else []
    yield actions("paging", [*first, *more])
