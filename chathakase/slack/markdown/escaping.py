"""The three characters that Slack's text reserves, and what is written for them. Pure.

See https://docs.slack.dev/messaging/formatting-message-text.
"""


def escape(text: str) -> str:
    """Write the three characters as entities, so that no token is left in a text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Read the three entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
