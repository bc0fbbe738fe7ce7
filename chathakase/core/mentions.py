"""Mentions of people, for whoever reads a text elsewhere than where it was written. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from chathakase.core.types import StoredMessage

USER = r"[A-Za-z0-9][\w.:@+-]{0,99}"
"""What may be a user id, as a pattern; which surface has one of that shape, it knows itself."""
MENTION = re.compile(rf"<@({USER})(?:\|([^<>\n]*))?>")
"""How a stored text mentions somebody, whatever its surface; a model may write the name besides."""


def mentioned(texts: Iterable[str]) -> Collection[str]:
    """The user ids of everybody who is mentioned, in that order."""
    return dict.fromkeys(found[1] for text in texts if "<@" in text for found in MENTION.finditer(text)).keys()


def people_in(messages: Sequence[StoredMessage]) -> Collection[str]:
    """The user ids of everybody who speaks, and then of everybody who is mentioned, in that order."""
    return dict.fromkeys((*speakers(messages), *mentioned(each.text for each in messages))).keys()


def speakers(messages: Sequence[StoredMessage]) -> Collection[str]:
    """The user ids of everybody who speaks, in that order; other bots have none."""
    return dict.fromkeys(each.author for each in messages if each.author and not each.name).keys()


def by_name(text: str, names: Mapping[str, str]) -> str:
    """A text with names in the place of ids: ``@Alice``; whoever is unknown stays as they are."""

    def named(mention: re.Match[str]) -> str:
        name = names.get(mention[1]) or mention[2]
        return f"@{' '.join(name.split())}" if name else mention[0]

    return MENTION.sub(named, text) if "<@" in text else text
