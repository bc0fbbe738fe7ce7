"""What people may want to know and to settle about themselves, on Home. Pure."""

from collections.abc import Iterator

from chathakase.core.overview import Overview
from chathakase.slack.elements import Element, button, sure
from chathakase.slack.home.home_actions import HomeAction
from chathakase.slack.home.home_views import actions, header, option, said, showing
from chathakase.slack.home.list_part import is_empty
from chathakase.slack.markdown import rich_text

LONGEST_NAME = 80
LAST_LINES = "Show what was said last"
FORGETTING = "I will forget everything you have ever written to me or in my threads. This can't be undone."


def you_part(overview: Overview) -> Iterator[Element]:
    """The blocks about somebody; where they have no threads, nothing can be pressed in them."""
    yield header("You")
    yield rich_text.block(rich_text.section(_answered_by(overview)))
    yield from said("\n".join(overview.used))
    if not is_empty(overview):
        yield _settings(last_lines=overview.state.last_lines)


def _answered_by(overview: Overview) -> Iterator[rich_text.Part]:
    yield rich_text.text("Your new threads are answered by ")
    yield rich_text.text(rich_text.words(overview.agent, LONGEST_NAME) or "me", rich_text.BOLD)
    if model := rich_text.words(overview.model, LONGEST_NAME):
        yield rich_text.text(", with the model ")
        yield rich_text.text(model, rich_text.CODE)
    yield rich_text.text(".")


def _settings(*, last_lines: bool) -> Element:
    choice = option(LAST_LINES, "yes")
    box = {"type": "checkboxes", "action_id": HomeAction.LAST_LINES, "options": [choice]}
    asked = sure("Forget everything", title="Forget everything?", text=FORGETTING)
    forget = button(HomeAction.FORGET, "Forget everything of mine") | {"style": "danger", "confirm": asked}
    boxes = box | ({"initial_options": [choice]} if last_lines else {})
    return actions(showing("settings", str(last_lines)), [boxes, forget])
