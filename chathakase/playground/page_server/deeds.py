"""What a person may do on the page: the shape of a deed, and those that are calls of the Web API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from chathakase.playground.content.mrkdwn import composed
from chathakase.playground.content.streaming import stop_session
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api.web_api_server import WebApi
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json, User
from chathakase.playground.world.world import World


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person asks for on the page."""

    user: User
    arguments: Arguments

    def text(self, name: str) -> str:
        """An argument as text; `invalid_arguments` if it is missing."""
        return self.arguments.required(name)


Deed: TypeAlias = Callable[[Ask], Awaitable[Json]]
"""Does what was asked and gives the answer's `result`; raises SlackError."""


class Speaking:
    """Messages, reactions and any other call, as the person's own client would make them."""

    def __init__(self, world: World, api: WebApi) -> None:
        self._world = world
        self._api = api

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "api": self.call,
            "home": self.open_home,
            "stop": self.stop,
        }

    async def say(self, ask: Ask) -> Json:
        """Send what was typed, with mentions for the names in it."""
        text = composed(self._world, ask.text("text"))
        more: Json = {"thread_ts": ask.arguments.text("thread_ts") or None}
        if ask.arguments.flag("broadcast"):
            more["reply_broadcast"] = True
        answer = await self._act(ask, "chat.postMessage", channel=ask.text("channel"), text=text, **more)
        return {"ts": answer["ts"]}

    async def edit(self, ask: Ask) -> Json:
        """Change one's own message."""
        text = composed(self._world, ask.text("text"))
        await self._act(ask, "chat.update", channel=ask.text("channel"), ts=ask.text("ts"), text=text)
        return {}

    async def delete(self, ask: Ask) -> Json:
        """Delete a message."""
        await self._act(ask, "chat.delete", channel=ask.text("channel"), ts=ask.text("ts"))
        return {}

    async def react(self, ask: Ask) -> Json:
        """Put an emoji under a message or take it away."""
        method = "reactions.add" if ask.arguments.flag("on", default=True) else "reactions.remove"
        channel, timestamp, name = ask.text("channel"), ask.text("ts"), ask.text("name")
        await self._act(ask, method, channel=channel, timestamp=timestamp, name=name)
        return {}

    async def call(self, ask: Ask) -> Json:
        """Any Web API method; the whole answer is the result."""
        arguments = ask.arguments.object("arguments", "invalid_arguments") or {}
        return await self._api.act(ask.user.id, ask.text("method"), arguments)

    async def open_home(self, ask: Ask) -> Json:
        """Open the Home or Messages tab of an app, the first one unless `app_id` names another."""
        tab = ask.text("tab")
        if tab not in ("home", "messages"):
            raise SlackError.invalid("invalid_arguments", "must be home or messages: tab")
        app = self._world.apps.get(ask.arguments.text("app_id"), self._world.app)
        self._world.open_direct((ask.user.id, app.user_id))
        self._world.open_home(ask.user.id, "home" if tab == "home" else "messages", app)
        return {}

    async def stop(self, ask: Ask) -> Json:
        """Stop the app in a thread (`thread_ts`), or where it streams a message (`ts`), if it is at work there."""
        channel, thread_ts = ask.text("channel"), ask.arguments.text("thread_ts")
        if not thread_ts:
            stream = self._world.streams.get(channel, ask.text("ts"))
            thread_ts = stream.thread_ts if stream is not None else ""
        return {"stopped": stop_session(self._world, channel, thread_ts, ask.user.id)}

    async def _act(self, ask: Ask, method: str, **arguments: Any) -> Json:
        given = {name: value for name, value in arguments.items() if value is not None}
        return await self._api.act(ask.user.id, method, given)
