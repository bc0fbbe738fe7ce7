"""The same list of threads in a modal. Pure."""

from chathakase.core.overview import Overview
from chathakase.slack.home.home_actions import LIST_VIEW, state_metadata
from chathakase.slack.home.home_views import View, modal, said
from chathakase.slack.home.list_part import SEARCH, TITLE, is_empty, list_part
from chathakase.slack.home.place_links import PlaceLinks


def list_modal(overview: Overview, links: PlaceLinks, notice: str = "") -> View:
    """Somebody's threads; ``notice`` is Markdown about what they have just done.

    Whoever submits it looks for what stands in its field: Slack wants a button for that where there is a field.
    """
    captions = {"close": "Close"} | ({} if is_empty(overview) else {"submit": SEARCH})
    blocks = [*said(notice), *list_part(overview, links)]
    return modal(LIST_VIEW, TITLE, blocks, metadata=state_metadata(overview.state), **captions)
