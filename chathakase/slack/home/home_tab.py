"""The app's Home tab. Pure."""

from chathakase.core.overview import Overview
from chathakase.slack.elements import Element
from chathakase.slack.home.admin_part import admin_part
from chathakase.slack.home.home_actions import state_metadata
from chathakase.slack.home.home_views import MOST_BLOCKS, View, divider, header, home, said
from chathakase.slack.home.list_part import TITLE, list_part
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.home.you_part import you_part


def home_tab(overview: Overview, links: PlaceLinks, notice: str = "") -> View:
    """Somebody's Home; ``notice`` is Markdown about what they have just done."""
    blocks = _blocks(overview, links, notice, lines=True)
    if len(blocks) > MOST_BLOCKS:
        blocks = _blocks(overview, links, notice, lines=False)
    return home(blocks, state_metadata(overview.state))


def _blocks(overview: Overview, links: PlaceLinks, notice: str, *, lines: bool) -> list[Element]:
    """All of them, with lines between the threads where there is room for those."""
    return [
        *said(notice),
        header(TITLE),
        *list_part(overview, links, lines=lines),
        divider(),
        *you_part(overview),
        *admin_part(overview, links),
    ]
