"""The emoji under a message, as a value that grows and shrinks."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from chathakase.playground.world.values import Reaction

Reactions: TypeAlias = tuple[Reaction, ...]


def with_emoji(reactions: Reactions, user: str, name: str) -> Reactions | None:
    """The reactions with one more; None if that user's already is there."""
    if any(each.name == name and user in each.users for each in reactions):
        return None
    if any(each.name == name for each in reactions):
        return tuple(replace(each, users=(*each.users, user)) if each.name == name else each for each in reactions)
    return (*reactions, Reaction(name, (user,)))


def without_emoji(reactions: Reactions, user: str, name: str) -> Reactions | None:
    """The reactions without one user's; None if there is none."""
    if not any(each.name == name and user in each.users for each in reactions):
        return None
    left = (
        replace(each, users=tuple(other for other in each.users if other != user)) if each.name == name else each
        for each in reactions
    )
    return tuple(each for each in left if each.users)
