"""The modal in which somebody gives a thread another title. Pure."""

from chathakase.core.title_cleaning import LONGEST_GIVEN
from chathakase.slack.home.home_actions import RENAME_VIEW, TITLE_FIELD, Renaming, RowKey
from chathakase.slack.home.home_views import View, field, modal, text_input

RENAMING = "Rename thread"


def rename_modal(row: RowKey, title: str, view: str = "") -> View:
    """The field for a new title, in which today's stands; ``view`` is the modal from which it is opened, if any."""
    renamed = field(TITLE_FIELD, "Title", text_input(TITLE_FIELD, LONGEST_GIVEN, title))
    metadata = Renaming(row, view).metadata
    return modal(RENAME_VIEW, RENAMING, [renamed], metadata=metadata, submit="Save", close="Cancel")
