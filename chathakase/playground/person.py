"""A person in the workspace: the Web API as Slack's own client would use it for them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from chathakase.playground.content.mrkdwn import composed
from chathakase.playground.interactivity.choices import pressed
from chathakase.playground.interactivity.container import surface_of
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Conversation, Json, User
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world import World


@dataclass(frozen=True, slots=True)
class PersonClient:
    """Acts over HTTP with the person's own token; every method raises SlackError with Slack's code."""

    user: User
    world: World
    _session: aiohttp.ClientSession
    _api_url: str
    _token: str
    _deeds: Mapping[str, Deed]

    @property
    def id(self) -> str:
        """The person's user id."""
        return self.user.id

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call any Web API method; arguments that are None are left out."""
        given = {name: value for name, value in arguments.items() if value is not None}
        body = json.dumps(given).encode()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json; charset=utf-8",
        }
        async with self._session.post(f"{self._api_url}{method}", data=body, headers=headers) as response:
            answer: Json = await response.json()
        if not answer.get("ok"):
            raise SlackError(str(answer.get("error")))
        return answer

    async def say(
        self, typed: str, *, channel: str = "#general", thread_ts: str | None = None, **arguments: Any
    ) -> str:
        """Type a message and send it; `@ChatHakase` and `#random` become mentions. Returns the message's ts.

        `channel` is a conversation's id or a #name; "@" stands for the direct message with the bot.
        """
        where = self.direct_message().id if channel == "@" else channel
        text = composed(self.world, typed)
        answer = await self.call("chat.postMessage", channel=where, text=text, thread_ts=thread_ts, **arguments)
        return str(answer["ts"])

    async def edit(self, channel: str, ts: str, typed: str) -> None:
        """Change one of the person's own messages; `channel` is an id."""
        await self.call("chat.update", channel=channel, ts=ts, text=composed(self.world, typed))

    async def delete(self, channel: str, ts: str) -> None:
        """Delete one of the person's own messages; `channel` is an id."""
        await self.call("chat.delete", channel=channel, ts=ts)

    async def press(self, channel: str, ts: str, action_id: str, *, value: str | None = None) -> None:
        """Press a button of a message, ephemeral or not, that the person sees; `channel` is an id.

        `value` tells buttons with the same action_id apart, as those for feedback. `message_not_found`,
        `action_not_found`, and `not_acknowledged` where the app does not take it within three seconds.
        """
        where: Json = {"channel": channel, "ts": ts}
        surface = surface_of(self.world, Ask(self.user, Arguments(where)))
        action = pressed(surface.blocks, action_id, value)
        if action is None:
            raise SlackError("action_not_found")
        await self.choose(channel, ts, action)

    async def choose(self, channel: str, ts: str, action: Json) -> None:
        """Press or choose what an action names, as a page sends it: `block_id`, `action_id`, and the value or option.

        The errors are those of `press`, and `option_not_found`.
        """
        await self._do("act", channel=channel, ts=ts, action=action)

    async def shortcut(self, callback_id: str, channel: str, ts: str) -> None:
        """Choose one of the app's shortcuts in the menu of a message; `channel` is an id.

        `unknown_shortcut`, `message_not_found`, and `not_acknowledged` after three seconds.
        """
        await self._do("message_action", callback_id=callback_id, channel=channel, ts=ts)

    async def start(self, callback_id: str) -> None:
        """Choose one of the app's global shortcuts; `unknown_shortcut`, and `not_acknowledged` after three seconds."""
        await self._do("shortcut", callback_id=callback_id)

    async def command(self, typed: str, *, channel: str) -> Json:
        """Type a slash command in a conversation, by its id; what the app answers at once.

        `unknown_command`, and `dispatch_failed` after three seconds.
        """
        return await self._do("command", text=typed, channel=channel)

    async def open_home(self) -> None:
        """Open the Home tab of the app."""
        await self._do("home", tab="home")

    @property
    def home(self) -> OpenView | None:
        """What the person sees on the Home tab; None where nothing was published."""
        return self.world.modals.homes.get((self.id, self.world.app.id))

    @property
    def modals(self) -> Sequence[OpenView]:
        """The modals that the person has open, the topmost last."""
        return self.world.modals.stacks().get(self.id, ())

    async def act(self, view: OpenView, action: Json) -> None:
        """Press, choose or enter something in a view, as a page sends it; the errors are those of `choose`."""
        await self._do("act", view_id=view.id, action=action)

    async def submit(self, view: OpenView, values: Mapping[str, Json]) -> Json:
        """Submit a modal with what was entered, by block and action; the `errors` told in its fields, by block.

        `not_acknowledged` after three seconds.
        """
        return await self._do("submit", view_id=view.id, values=values)

    async def close(self, view: OpenView) -> None:
        """Close a modal."""
        await self._do("close", view_id=view.id)

    async def _do(self, deed: str, **asked: object) -> Json:
        return await self._deeds[deed](Ask(self.user, Arguments(asked)))

    async def share(
        self, name: str, content: bytes, *, channel: str, typed: str = "", thread_ts: str | None = None
    ) -> str:
        """Share a file with a message; `channel` is an id. Returns the message's ts."""
        ticket = await self.call("files.getUploadURLExternal", filename=name, length=len(content))
        async with self._session.post(ticket["upload_url"], data=content) as response:
            response.raise_for_status()
        await self.call(
            "files.completeUploadExternal",
            files=[{"id": ticket["file_id"], "title": name}],
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=composed(self.world, typed) if typed else None,
        )
        return next(
            message.ts
            for message in reversed(self.world.timeline(channel).messages())
            if ticket["file_id"] in message.files
        )

    async def stop(self, channel: str, thread_ts: str) -> None:
        """Press Slack's own Stop in a thread; `no_stop_button` where the app is not at work or cannot be stopped."""
        asked = Ask(self.user, Arguments({"channel": channel, "thread_ts": thread_ts}))
        if (
            not self.world.features[self.world.app.id].can_be_stopped
            or not (await self._deeds["stop"](asked))["stopped"]
        ):
            raise SlackError("no_stop_button")

    def direct_message(self) -> Conversation:
        """The direct message with the bot; KeyError if there is none."""
        conversation = self.world.conversation_between((self.id, self.world.app.user_id))
        if conversation is None:
            raise KeyError(self.id)
        return conversation


@asynccontextmanager
async def person_session(
    world: World, user: User, api_url: str, token: str, deeds: Mapping[str, Deed]
) -> AsyncIterator[PersonClient]:
    """A person with an HTTP session of their own."""
    async with aiohttp.ClientSession() as session:
        yield PersonClient(user, world, session, api_url, token, deeds)
