"""What a person finds at their first look: a short conversation, so that there is something to see and to answer."""

from __future__ import annotations

from chathakase.playground.content.mrkdwn import rich_text
from chathakase.playground.world.values import Message
from chathakase.playground.world.world import World

QUESTION = "<@{bot}> hello! What can you do?"
HINT = (
    "To ask {name} something, mention it with an @. It answers in a thread, and in that thread nobody needs to mention "
    "it again."
)


def seed(world: World, *, ask: bool) -> None:
    """Let people talk in #general where nobody has spoken yet; with `ask` also to the bot, which will answer."""
    general = world.conversation_named("general")
    if general is None or world.timeline(general.id).messages():
        return

    def say(name: str, text: str, thread_ts: str | None = None) -> Message:
        user = world.user_named(name)
        assert user is not None
        return world.post(general.id, user.id, text, thread_ts=thread_ts, blocks=(rich_text(text),))

    morning = say("bob", "Morning! How far are we with the release notes?")
    say("carol", "Half of them are written. The part about search is still missing.", morning.ts)
    say("bob", "Thanks! I'll read them at lunch.", morning.ts)
    say("alice", HINT.format(name=world.bot.display_name))
    if ask:
        say("alice", QUESTION.format(bot=world.bot.id))
