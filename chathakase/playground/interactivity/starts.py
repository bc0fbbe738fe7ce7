"""What starts from the app's menus: shortcuts, message shortcuts and slash commands."""

from __future__ import annotations

from collections.abc import Mapping

from chathakase.playground.content.mrkdwn import as_stored
from chathakase.playground.interactivity.clicks import acknowledged
from chathakase.playground.interactivity.container import visible_message
from chathakase.playground.interactivity.hooks import Hooks
from chathakase.playground.interactivity.payload import interaction, place, place_name
from chathakase.playground.interactivity.responses import respond
from chathakase.playground.page_server.deeds import Ask, Deed
from chathakase.playground.socket_mode.links import Links
from chathakase.playground.socket_mode.payloads import message_json
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import App, Conversation, Json
from chathakase.playground.world.world import World


class Starts:
    """Shortcuts and commands, as far as the manifests of the apps have them."""

    def __init__(self, world: World, links: Links, hooks: Hooks) -> None:
        self._world = world
        self._links = links
        self._hooks = hooks

    def deeds(self) -> Mapping[str, Deed]:
        """The deeds by their names."""
        return {"shortcut": self.shortcut, "message_action": self.message_action, "command": self.command}

    async def shortcut(self, ask: Ask) -> Json:
        """A global shortcut."""
        await acknowledged(self._links, self._shortcut(self._app_with_shortcut(ask, "global"), ask, "shortcut"))
        return {}

    async def message_action(self, ask: Ask) -> Json:
        """A shortcut in a message's menu."""
        message = visible_message(self._world, ask.user.id, ask.text("channel"), ask.text("ts"))
        conversation = self._conversation(ask)
        app = self._app_with_shortcut(ask, "message")
        payload = self._shortcut(app, ask, "message_action") | {
            "channel": place(conversation),
            "message_ts": message.ts,
            "message": message_json(self._world, message),
            "response_url": self._hooks.url(app, conversation.id, ask.user.id, message.ts, kind="app"),
        }
        await acknowledged(self._links, payload)
        return {}

    def _app_with_shortcut(self, ask: Ask, kind: str) -> App:
        """The app that has it, which is `app_id` where several have one of that name."""
        callback_id, wanted = ask.text("callback_id"), ask.arguments.text("app_id")
        for app in self._world.installed:
            if wanted in ("", app.id) and self._world.features[app.id].shortcut(callback_id, kind):
                return app
        raise SlackError("unknown_shortcut")

    def _shortcut(self, app: App, ask: Ask, payload_type: str) -> Json:
        return interaction(self._world, app, ask.user, payload_type) | {
            "callback_id": ask.text("callback_id"),
            "trigger_id": self._world.triggers.issue(ask.user.id, app.id),
            "action_ts": self._world.mint(),
        }

    async def command(self, ask: Ask) -> Json:
        """A slash command; what the app acknowledges with is shown, to that person only unless it says otherwise."""
        conversation = self._conversation(ask)
        name, _, words = ask.text("text").strip().partition(" ")
        app = self._app_with_command(name)
        payload = self._command(app, ask, conversation, name, words.strip())
        ack = await self._links.deliver("slash_commands", payload, accepts_response=True)
        if ack is None:
            raise SlackError("dispatch_failed", detail="The app has not acknowledged it within three seconds.")
        answer = {"text": ack.payload} if isinstance(ack.payload, str) else ack.payload
        if isinstance(answer, dict) and (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
            respond(self._world, app, conversation.id, ask.user.id, "", Arguments(answer))
            return answer
        return {}

    def _app_with_command(self, name: str) -> App:
        """The app that has it; of several the one that was installed last (docs: interactivity/slash-commands)."""
        for app in reversed(self._world.installed):
            if self._world.features[app.id].command(name):
                return app
        raise SlackError("unknown_command")

    def _command(self, app: App, ask: Ask, conversation: Conversation, name: str, words: str) -> Json:
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
            "api_app_id": app.id,
            "is_enterprise_install": "false",
            "response_url": self._hooks.url(app, conversation.id, ask.user.id, kind="commands"),
            "trigger_id": world.triggers.issue(ask.user.id, app.id),
        }

    def _conversation(self, ask: Ask) -> Conversation:
        conversation = self._world.conversation(ask.text("channel"))
        if conversation is None or not self._world.is_member(conversation.id, ask.user.id):
            raise SlackError("channel_not_found")
        return conversation
