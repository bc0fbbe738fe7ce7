"""What an app hears of the workspace's changes: the events it has subscribed to, where its bot is a member."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection

from chathakase.playground.socket_mode.payloads import channel_letter, message_json, view_json
from chathakase.playground.world.values import App, ChannelType, Conversation, Json, Message
from chathakase.playground.world.world import World
from chathakase.playground.world.world_changes import (
    Change,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    ReactionChanged,
    SessionStopped,
)

MESSAGE_SUBSCRIPTIONS: dict[ChannelType, str] = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
SUBSCRIPTIONS = frozenset(MESSAGE_SUBSCRIPTIONS.values()) | {
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "file_shared",
    "member_joined_channel",
    "member_left_channel",
    "reaction_added",
    "reaction_removed",
}
"""The names, as in a manifest's `bot_events`, of all events that this workspace sends."""

MESSAGE_ONLY = frozenset({"subtype", "root", "files", "upload", "display_as_bot"})
"""Fields of a message that its twin, `app_mention`, lacks; files were seen there with all their fields
(slackapi/bolt-js#2056), and not at all (NousResearch/hermes-agent#77141), which is harder for an app."""


class SubscribedEvents:
    """An observer of the world that gives one app's events, in Slack's shape, to `deliver`.

    A mention in a channel is two events, `message` and `app_mention`; Slack guarantees no order, `rng` chooses it.
    """

    def __init__(
        self,
        world: World,
        app: App,
        subscriptions: Collection[str],
        deliver: Callable[[Json], object],
        rng: random.Random,
    ) -> None:
        self._world = world
        self._app = app
        self._subscriptions = frozenset(subscriptions)
        self._deliver = deliver
        self._rng = rng

    def observe(self, change: Change) -> None:
        """Deliver the events of one change."""
        for event in self._events(change):
            self._deliver(event)

    def _events(self, change: Change) -> list[Json]:
        match change:
            case MessagePosted():
                return self._posted(change)
            case MessageChanged(progress=False):
                return self._changed(change)
            case SessionStopped():
                return self._stopped(change)
            case MessageDeleted():
                return self._deleted(change)
            case ReactionChanged():
                return self._reaction(change)
            case MemberJoined() | MemberLeft():
                return self._member(change)
            case HomeOpened():
                return self._home(change)
        return []

    def _hears(self, name: str, conversation: Conversation) -> bool:
        bot = self._app.user_id
        return name in self._subscriptions and self._world.is_member(conversation.id, bot)

    def _posted(self, change: MessagePosted) -> list[Json]:
        conversation, message = change.conversation, change.message
        events: list[Json] = []
        if self._hears(MESSAGE_SUBSCRIPTIONS[conversation.type], conversation):
            where = {"channel": conversation.id, "event_ts": message.ts, "channel_type": conversation.type}
            events.append(message_json(self._world, message) | where)
        events += self._mention(conversation, message, message.ts)
        if message.files and self._hears("file_shared", conversation):
            events += [self._file(change, file_id) for file_id in message.files]
        self._rng.shuffle(events)
        return events

    def _file(self, change: MessagePosted, file_id: str) -> Json:
        event: Json = {"type": "file_shared", "channel_id": change.conversation.id, "file_id": file_id}
        return event | {"user_id": change.message.user, "file": {"id": file_id}, "event_ts": change.message.ts}

    def _mention(self, conversation: Conversation, message: Message, event_ts: str) -> list[Json]:
        """The event of a message that names the app, if it does."""
        if not (self._mentions_app(conversation, message) and self._hears("app_mention", conversation)):
            return []
        body = message_json(self._world, message)
        event = {key: value for key, value in body.items() if key not in MESSAGE_ONLY}
        return [event | {"type": "app_mention", "channel": conversation.id, "event_ts": event_ts}]

    def _mentions_app(self, conversation: Conversation, message: Message) -> bool:
        """Whether a message names the app; never in a direct message with it (docs: events/app_mention)."""
        return (
            conversation.type != "im"
            and message.subtype in (None, "file_share", "bot_message")
            and message.user != self._app.user_id
            and f"<@{self._app.user_id}>" in message.text
        )

    def _changed(self, change: MessageChanged) -> list[Json]:
        fields = {
            "subtype": "message_changed",
            "message": message_json(self._world, change.message),
            "previous_message": message_json(self._world, change.previous),
        }
        events = self._hidden(change, fields)
        if not self._mentions_app(change.conversation, change.previous):
            # Whoever is named by an edit hears of it like anybody who is named (slackapi/bolt-python#925).
            events += self._mention(change.conversation, change.message, change.ts)
            self._rng.shuffle(events)
        return events

    def _deleted(self, change: MessageDeleted) -> list[Json]:
        fields = {
            "subtype": "message_deleted",
            "deleted_ts": change.previous.ts,
            "previous_message": message_json(self._world, change.previous),
        }
        return self._hidden(change, fields)

    def _hidden(self, change: MessageChanged | MessageDeleted, fields: Json) -> list[Json]:
        conversation = change.conversation
        if not self._hears(MESSAGE_SUBSCRIPTIONS[conversation.type], conversation):
            return []
        event = {"type": "message", **fields, "channel": conversation.id, "hidden": True}
        return [event | {"ts": change.ts, "event_ts": change.ts, "channel_type": conversation.type}]

    def _reaction(self, change: ReactionChanged) -> list[Json]:
        name = "reaction_added" if change.added else "reaction_removed"
        if not self._hears(name, change.conversation):
            return []
        item = {"type": "message", "channel": change.conversation.id, "ts": change.message.ts}
        event: Json = {"type": name, "user": change.user, "reaction": change.name, "item": item}
        return [event | {"item_user": change.message.user, "event_ts": change.ts}]

    def _stopped(self, change: SessionStopped) -> list[Json]:
        if not self._hears("agent_session_stopped", change.conversation) or change.app_id not in ("", self._app.id):
            return []
        event: Json = {"type": "agent_session_stopped", "channel": change.conversation.id, "user": change.user}
        event |= {"thread_ts": change.thread_ts, "streaming_message_ts": list(change.streams)}
        return [event | {"event_ts": change.ts}]

    def _member(self, change: MemberJoined | MemberLeft) -> list[Json]:
        joined = isinstance(change, MemberJoined)
        name = "member_joined_channel" if joined else "member_left_channel"
        about_app = change.user == self._app.user_id
        if not (self._hears(name, change.conversation) or (about_app and name in self._subscriptions)):
            return []
        event: Json = {
            "type": name,
            "user": change.user,
            "channel": change.conversation.id,
            "channel_type": channel_letter(change.conversation.type),
            "team": self._world.team.id,
        }
        if isinstance(change, MemberJoined) and change.inviter:
            event["inviter"] = change.inviter
        return [event | {"event_ts": change.ts}]

    def _home(self, change: HomeOpened) -> list[Json]:
        no_such_tab = change.tab == "home" and not self._world.features[self._app.id].home_tab
        if no_such_tab or not self._hears("app_home_opened", change.conversation):
            return []
        event: Json = {"type": "app_home_opened", "user": change.user, "channel": change.conversation.id}
        event |= {"tab": change.tab, "event_ts": change.ts}
        home = self._world.modals.homes.get((change.user, self._app.id))
        published = home if change.tab == "home" else None
        return [event | {"view": view_json(self._world, published)} if published else event]
