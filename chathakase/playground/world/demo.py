"""The workspace that everybody starts with."""

from __future__ import annotations

import time
from collections.abc import Callable

from chathakase.playground.world.values import App, ChannelType, Conversation, Team, User
from chathakase.playground.world.world import World

_BOT = "U0HAKASE01"
_PEOPLE = (
    User("U0ALICE001", "alice", "Alice Arends", "alice", is_admin=True, is_owner=True),
    User("U0BOB00001", "bob", "Bob Bakker", "bob"),
    User("U0CAROL001", "carol", "Carol Claes", "carol"),
)


def demo_world(*, clock: Callable[[], float] = time.time, bot_name: str = "ChatHakase") -> World:
    """Alice (admin), Bob and Carol, the bot in #general, #random and #secret but not #elsewhere, and their DMs."""
    app = App("A0HAKASE01", bot_name, bot_id="B0HAKASE01", user_id=_BOT)
    bot = User(_BOT, bot_name.lower(), bot_name, bot_name, is_bot=True)
    world = World(Team("T0HAKASE01", "Playground", "playground"), app, (*_PEOPLE, bot), clock=clock)
    alice, bob, carol = (person.id for person in _PEOPLE)

    def add(conversation_id: str, kind: ChannelType, name: str, *members: str) -> None:
        made = Conversation(conversation_id, kind, name, creator=members[0], created=int(clock()))
        world.add_conversation(made, members)

    add("C0GENERAL1", "channel", "general", alice, bob, carol, _BOT)
    add("C0RANDOM01", "channel", "random", alice, bob, carol, _BOT)
    add("C0SECRET01", "group", "secret", alice, bob, _BOT)
    add("C0ELSEWHR1", "channel", "elsewhere", alice, bob, carol)
    add("D0ALICE001", "im", "", alice, _BOT)
    add("D0BOB00001", "im", "", bob, _BOT)
    add("D0CAROL001", "im", "", carol, _BOT)
    add("C0MPDM0001", "mpim", f"mpdm-alice--bob--{bot_name.lower()}-1", alice, bob, _BOT)
    return world
