"""What Slack tells of itself, and what its user ids look like."""

import re

from chathakase.core.traits import Traits

USER = r"[UW][A-Z0-9]{1,20}"
"""A user id, as a pattern: nobody's words have that shape, but for a short one in capitals.

They begin with U or W (https://docs.slack.dev/messaging/formatting-message-text) and have had up to eleven letters.
"""
_USER = re.compile(USER)
MENTION = re.compile(rf"<@({USER})(?:\|([^<>\n]*))?>")
"""How somebody is mentioned; a model may write the name besides."""

SLACK = Traits(
    name="Slack",
    about="You take part in a Slack thread, in which several people may write. Write standard Markdown.",
    user="U012AB3CD",
    overviews=True,
    refusals={
        "not_allowed": "I have no access to it; the app may lack the permission to read files (files:read)",
        "web_page": "Slack sent a web page instead",
        "elsewhere": "it is stored outside Slack, where I do not read files",
    },
)


def is_user(id_: str) -> bool:
    """Whether something has the shape of a user id."""
    return _USER.fullmatch(id_) is not None
