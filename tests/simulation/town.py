"""The workspace in which a simulation takes place: many channels, so that Slack's limits leave room."""

import time

from chathakase.playground.world.values import App, Conversation, Team, User
from chathakase.playground.world.world import World

PEOPLE = ("ann", "ben", "cleo", "dan", "eve")
"""Their handles; the first one is an admin."""
CHANNELS = tuple(f"room{number}" for number in range(10))
BOT = "U0HAKASE01"


def build_town() -> World:
    """Everybody and the bot in every channel, and a direct message for each."""
    people = [
        User(f"U0PERSON{number:02}", name, name.title(), name, is_admin=number == 0)
        for number, name in enumerate(PEOPLE)
    ]
    app = App("A0HAKASE01", "ChatHakase", bot_id="B0HAKASE01", user_id=BOT)
    bot = User(BOT, "chathakase", "ChatHakase", "ChatHakase", is_bot=True)
    world = World(Team("T0SIMULA01", "Simulation", "simulation"), [app], (*people, bot))
    everybody, now = [*(person.id for person in people), BOT], int(time.time())
    for number, name in enumerate(CHANNELS):
        world.add_conversation(Conversation(f"C0ROOM{number:04}", "channel", name, BOT, now), everybody)
    for number, person in enumerate(people):
        world.add_conversation(Conversation(f"D0PERSON{number:02}", "im", "", person.id, now), [person.id, BOT])
    return world
