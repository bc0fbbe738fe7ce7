"""Takes the power to ping from mentions that the model writes. Pure."""

import re

PING = re.compile(r"<(?=(?:@[A-Z][A-Za-z0-9_-]*|!(?:channel|here|everyone|subteam\^[^<>|]+))(?:\|[^<>]*)?>)")
ZERO_WIDTH_SPACE = "\u200b"


def harmless(markdown: str) -> str:
    """Take the power to ping from mentions in Markdown; what can be read stays the same.

    ``markdown`` blocks pass ``<@U…>`` and ``<!channel>`` on as mentions, also out of code.
    """
    return PING.sub(f"<{ZERO_WIDTH_SPACE}", markdown)
