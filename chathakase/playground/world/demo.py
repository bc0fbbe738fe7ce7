"""The workspace that everybody starts with."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence

from chathakase.playground.world.app_manifest import Manifest
from chathakase.playground.world.values import App, ChannelType, Conversation, Team, User
from chathakase.playground.world.world import World

_BOT = "U0HAKASE01"
_PEOPLE = (
    User("U0ALICE001", "alice", "Alice Arends", "alice", is_admin=True, is_owner=True),
    User("U0BOB00001", "bob", "Bob Bakker", "bob"),
    User("U0CAROL001", "carol", "Carol Claes", "carol"),
)
_OPEN = ("C0GENERAL1", "C0RANDOM01")
"""Where every bot is."""


def demo_world(
    *, clock: Callable[[], float] = time.time, bot_name: str = "ChatHakase", manifests: Sequence[Manifest] = ()
) -> World:
    """Alice (admin), Bob and Carol, the bot in #general, #random and #secret but not #elsewhere, and their DMs.

    With manifests these are the apps, and in #general and #random; their ids go by their names.
    """
    world = World(Team("T0HAKASE01", "Playground", "playground"), (), _PEOPLE, clock=clock)
    alice, bob, carol = (person.id for person in _PEOPLE)

    def add(conversation_id: str, kind: ChannelType, name: str, *members: str) -> None:
        made = Conversation(conversation_id, kind, name, creator=members[0], created=int(clock()))
        world.add_conversation(made, members)

    add("C0GENERAL1", "channel", "general", alice, bob, carol)
    add("C0RANDOM01", "channel", "random", alice, bob, carol)
    add("C0SECRET01", "group", "secret", alice, bob)
    add("C0ELSEWHR1", "channel", "elsewhere", alice, bob, carol)
    for manifest in manifests:
        app = _app_of(manifest)
        world.install(app, _bot_of(app, manifest.bot_name), _OPEN)
        world.features[app.id] = manifest.features
    if not manifests:
        for person, direct in zip(_PEOPLE, ("D0ALICE001", "D0BOB00001", "D0CAROL001"), strict=True):
            add(direct, "im", "", person.id, _BOT)
        add("C0MPDM0001", "mpim", f"mpdm-alice--bob--{bot_name.lower()}-1", alice, bob, _BOT)
        app = App("A0HAKASE01", bot_name, bot_id="B0HAKASE01", user_id=_BOT)
        world.install(app, _bot_of(app, bot_name), (*_OPEN, "C0SECRET01"))
    return world


def _app_of(manifest: Manifest) -> App:
    digest = hashlib.sha256(manifest.name.encode()).hexdigest()[:8].upper()
    return App(f"A0{digest}", manifest.name, bot_id=f"B0{digest}", user_id=f"U0{digest}")


def _bot_of(app: App, name: str) -> User:
    handle = re.sub(r"[^\w.-]+", "_", name.lower()).strip("_") or "app"
    return User(app.user_id, handle, name, name, is_bot=True)
