"""What the model wrote, from the Markdown that was made of it for Slack. Pure."""

import re

from chathakase.slack.markdown.mention_markup import ZERO_WIDTH_SPACE
from chathakase.slack.markdown.plain import CODE

MADE = re.compile(
    rf"(?P<prop>{ZERO_WIDTH_SPACE}(?=[*~])|(?<=[*~]){ZERO_WIDTH_SPACE})"
    r"|(?P<less>&lt;(?=[A-Za-z/?!])(?![^<>&\n]{0,300}&gt;))|(?P<entity>&amp;(?=[A-Za-z#0-9]{1,20};))"
)
"""What props marks, begins a tag that is shown as it is written, or names an entity."""
INSTEAD = {"prop": "", "less": "<", "entity": "&"}


def original(markdown: str) -> str:
    """The model's own text of a page, as far as its HTML and the marks beside punctuation go."""
    parts = CODE.split(markdown)
    parts[::2] = [MADE.sub(lambda found: INSTEAD[str(found.lastgroup)], part) for part in parts[::2]]
    return "".join(parts)
