"""What starts from the app's menus: shortcuts, message shortcuts and slash commands."""

from __future__ import annotations

from collections.abc import Mapping

from chathakase.playground.content.mrkdwn import as_stored
from chathakase.playground.errors import SlackError
from chathakase.playground.interactivity.clicks import acknowledged
from chathakase.playground.interactivity.hooks import Hooks
from chathakase.playground.interactivity.payload import interaction, place, place_name
from chathakase.playground.interactivity.responses import respond
from chathakase.playground.interactivity.surface import visible_message
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.socket_mode.envelopes import Envelopes
from chathakase.playground.socket_mode.payloads import message_json
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.world.values import Conversation, Json
from chathakase.playground.world.world import World


class Starts:
    """Shortcuts and commands, as far as the app's manifest has them."""

    def __init__(self, world: World, envelopes: Envelopes, hooks: Hooks) -> None:
        self._world = world
        self._envelopes = envelopes
        self._hooks = hooks

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {"shortcut": self.shortcut, "message_action": self.message_action, "command": self.command}

    async def shortcut(self, ask: Ask) -> Json:
        """A global shortcut."""
        await acknowledged(self._envelopes, self._shortcut(ask, "global", "shortcut"))
        return {}

    async def message_action(self, ask: Ask) -> Json:
        """A shortcut in a message's menu."""
        message = visible_message(self._world, ask.user.id, ask.text("channel"), ask.text("ts"))
        conversation = self._conversation(ask)
        payload = self._shortcut(ask, "message", "message_action") | {
            "channel": place(conversation),
            "message_ts": message.ts,
            "message": message_json(self._world, message),
            "response_url": self._hooks.url(conversation.id, ask.user.id, message.ts, kind="app"),
        }
        await acknowledged(self._envelopes, payload)
        return {}

    def _shortcut(self, ask: Ask, kind: str, payload_type: str) -> Json:
        callback_id = ask.text("callback_id")
        if self._world.features.shortcut(callback_id, kind) is None:
            raise SlackError("unknown_shortcut")
        return interaction(self._world, ask.user, payload_type) | {
            "callback_id": callback_id,
            "trigger_id": self._world.triggers.issue(ask.user.id),
            "action_ts": self._world.mint(),
        }

    async def command(self, ask: Ask) -> Json:
        """A slash command; what the app acknowledges with is shown, to that person only unless it says otherwise."""
        conversation = self._conversation(ask)
        name, _, words = ask.text("text").strip().partition(" ")
        if self._world.features.command(name) is None:
            raise SlackError("unknown_command")
        payload = self._command(ask, conversation, name, words.strip())
        ack = await self._envelopes.deliver("slash_commands", payload, accepts_response=True)
        if ack is None:
            raise SlackError("dispatch_failed", detail="The app has not acknowledged it within three seconds.")
        answer = {"text": ack.payload} if isinstance(ack.payload, str) else ack.payload
        if isinstance(answer, dict) and (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
            respond(self._world, conversation.id, ask.user.id, "", Arguments(answer))
            return answer
        return {}

    def _command(self, ask: Ask, conversation: Conversation, name: str, words: str) -> Json:
        world = self._world
        return {
            "token": "playground-verification-token",
            "team_id": world.team.id,
            "team_domain": world.team.domain,
            "channel_id": conversation.id,
            "channel_name": place_name(conversation),
            "user_id": ask.user.id,
            "user_name": ask.user.name,
            "command": name,
            "text": as_stored(words),
            "api_app_id": world.app.id,
            "is_enterprise_install": "false",
            "response_url": self._hooks.url(conversation.id, ask.user.id, kind="commands"),
            "trigger_id": world.triggers.issue(ask.user.id),
        }

    def _conversation(self, ask: Ask) -> Conversation:
        conversation = self._world.conversation(ask.text("channel"))
        if conversation is None or not self._world.is_member(conversation.id, ask.user.id):
            raise SlackError("channel_not_found")
        return conversation
