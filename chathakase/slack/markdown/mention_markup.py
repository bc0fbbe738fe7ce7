"""Takes the power to ping from mentions that the model writes. Pure."""

import re
from collections.abc import Collection

from chathakase.slack.slack_traits import MENTION

PING = re.compile(r"<(?=(?:@[A-Z][A-Za-z0-9_-]*|!(?:channel|here|everyone))(?:[|>]|\Z)|!subteam\^)")
"""How everything begins that Slack could take for a mention."""

ZERO_WIDTH_SPACE = "\u200b"
HARMLESS = f"<{ZERO_WIDTH_SPACE}"


def harmless(markdown: str, members: Collection[str] = ()) -> str:
    """Take the power to ping from mentions in Markdown, but for people in ``members``; it reads the same.

    ``markdown`` blocks pass ``<@U…>`` and ``<!channel>`` on as mentions, also out of code.
    """

    def broken(ping: re.Match[str]) -> str:
        mention = MENTION.match(markdown, ping.start())
        return "<" if mention and mention[1] in members else HARMLESS

    return PING.sub(broken, markdown) if "<" in markdown else markdown
