"""What an app answers to an interaction, be it through a `response_url` or in its acknowledgement."""

from __future__ import annotations

from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api.methods.content import Content, content_of
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.message_ts import is_ts
from chathakase.playground.world.values import App, Json, Message
from chathakase.playground.world.world import World


def respond(world: World, app: App, channel: str, user: str, ts: str, arguments: Arguments) -> None:
    """Post, replace or delete; `ts` is that of the message that the interaction stood on, if any."""
    if arguments.flag("delete_original"):
        _delete(world, app, channel, ts)
        return
    content = content_of(arguments)
    if content.is_empty:
        raise SlackError("no_text")
    if arguments.flag("replace_original") and _replace(world, app, channel, ts, content):
        return
    _post(world, app, channel, user, content, arguments)


def _post(world: World, app: App, channel: str, user: str, content: Content, arguments: Arguments) -> None:
    thread_ts = _thread(world, channel, arguments)
    fields: Json = {"blocks": content.blocks or (), "attachments": content.attachments or (), "thread_ts": thread_ts}
    author, text = app.user_id, content.text or ""
    if arguments.text("response_type", "ephemeral") == "in_channel":
        fields |= {"bot_id": app.bot_id, "metadata": content.metadata or None}
        world.post(channel, author, text, **fields)
    else:
        world.post_ephemeral(channel, user, author, text, bot_id=app.bot_id, **fields)


def _thread(world: World, channel: str, arguments: Arguments) -> str | None:
    """The thread that an answer goes into: only the one it names, even if the interaction was in one."""
    thread_ts = arguments.text("thread_ts")
    if not is_ts(thread_ts) or world.timeline(channel).get(thread_ts) is None:
        return None
    return thread_ts


def _replace(world: World, app: App, channel: str, ts: str, content: Content) -> bool:
    """Give the original another content; False if there is none, so that a new message is posted."""
    fields: Json = {
        "text": content.text or "",
        "blocks": content.blocks or (),
        "attachments": content.attachments or (),
    }
    if ephemeral := world.ephemerals.get(channel, ts):
        world.change_ephemeral(ephemeral, **fields)
        return True
    if message := _own(world, app, channel, ts):
        world.change(message, **fields)
        return True
    return False


def _delete(world: World, app: App, channel: str, ts: str) -> None:
    if ephemeral := world.ephemerals.get(channel, ts):
        world.delete_ephemeral(ephemeral)
    elif message := _own(world, app, channel, ts):
        world.delete(message)


def _own(world: World, app: App, channel: str, ts: str) -> Message | None:
    message = world.timeline(channel).get(ts)
    return message if message is not None and message.user == app.user_id else None
