"""The app's Home tab. Pure."""

from chathakase.core.overview import Overview
from chathakase.slack.home.admin_part import admin_part
from chathakase.slack.home.home_actions import state_metadata
from chathakase.slack.home.home_views import View, header, home, said
from chathakase.slack.home.list_part import list_part
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.home.you_part import you_part

TITLE = "Your threads"


def home_tab(overview: Overview, links: PlaceLinks, notice: str = "") -> View:
    """Somebody's Home; ``notice`` is Markdown about what they have just done."""
    blocks = [
        *said(notice),
        header(TITLE),
        *list_part(overview, links),
        {"type": "divider"},
        *you_part(overview),
        *admin_part(overview, links),
    ]
    return home(blocks, state_metadata(overview.state))
