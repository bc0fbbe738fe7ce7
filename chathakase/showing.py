"""What may be shown on a terminal, in a log and in findings: no secrets, and nothing that a terminal obeys. Pure."""

import re

from chathakase.core.unicode import visible

TOKEN = re.compile(
    r"(?<![a-z0-9])((?:xoxe\.)?xox[a-z]-|xapp-|sk-(?=[\w-]*\d)(?=[\w-]{16}))[\w.%-]+", re.IGNORECASE | re.ASCII
)
"""What Slack's tokens (https://docs.slack.dev/authentication/tokens) and keys of OpenAI's kind look like."""
SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*://)?")
LONGEST = 200
"""Characters of an address that are shown."""


def harmless(text: str) -> str:
    """A text in one line, with what looks like a token left out and control characters made visible."""
    return visible(without_tokens(text))


def without_tokens(text: str) -> str:
    """A text with only the beginning of whatever looks like a token."""
    return TOKEN.sub(r"\1***", text)


def shown(address: str) -> str:
    """An address without the name and password that may stand in it, or the query with a key.

    It need be no right address; where it is not clear what belongs to a password, no more than the scheme is shown.
    """
    scheme = SCHEME.match(address)
    begin = scheme.end() if scheme else 0
    path, _, query = re.sub(r"[?#]", "?", address[begin:]).partition("?")
    rest = "…" if "@" in query else path.rpartition("@")[2]
    shortened = rest if len(rest) <= LONGEST else f"{rest[:LONGEST]}…"
    return harmless((scheme[1] or "" if scheme else "") + shortened)
