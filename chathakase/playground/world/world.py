"""A Slack workspace in memory: who is there and what was said; it does no I/O and tells its observers of each change.

The world takes what is put into it; what Slack allows is for the Web API in front of it to decide.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from chathakase.playground.world.agent_sessions import AgentSession
from chathakase.playground.world.app_manifest import Features
from chathakase.playground.world.ephemerals import Ephemeral, Ephemerals
from chathakase.playground.world.message_ts import TsMint
from chathakase.playground.world.modals import Modals
from chathakase.playground.world.reactions import Reactions, with_emoji, without_emoji
from chathakase.playground.world.statuses import ThreadStatuses
from chathakase.playground.world.streams import NativeStreams
from chathakase.playground.world.timeline import Timeline
from chathakase.playground.world.triggers import Triggers
from chathakase.playground.world.values import App, Conversation, Json, Message, Team, User, tombstone
from chathakase.playground.world.workspace_files import WorkspaceFiles
from chathakase.playground.world.world_changes import (
    Change,
    ConversationChanged,
    EphemeralGone,
    EphemeralPosted,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    ReactionChanged,
    StatusSet,
)

Observer: TypeAlias = Callable[[Change], None]


class World:
    """One workspace with its apps, of which the first that is installed is `app`; `clock` gives epoch seconds."""

    def __init__(
        self, team: Team, apps: Iterable[App], users: Iterable[User], *, clock: Callable[[], float] = time.time
    ) -> None:
        self.team = team
        self.apps = {app.id: app for app in apps}
        self.users = {user.id: user for user in users}
        self.clock = clock
        self.mint = TsMint(clock)
        self.features: defaultdict[str, Features] = defaultdict(Features)
        """By the app's id."""
        self.triggers = Triggers()
        self.ephemerals = Ephemerals()
        self.modals = Modals(clock, self.tell)
        self.streams = NativeStreams()
        self.statuses = ThreadStatuses(clock, self.tell)
        self.files = WorkspaceFiles()
        self.sessions: dict[tuple[str, str], AgentSession] = {}
        self._conversations: dict[str, Conversation] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._timelines: dict[str, Timeline] = {}
        self._observers: dict[object, Observer] = {}

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Call `observer` with every later change, at once and in order; returns what ends that."""
        key = object()
        self._observers[key] = observer

        def unsubscribe() -> None:
            self._observers.pop(key, None)

        return unsubscribe

    def tell(self, change: Change) -> None:
        """Give a change to all observers; one that leaves nothing behind in the world needs no more than this."""
        for observer in tuple(self._observers.values()):
            observer(change)

    @property
    def installed(self) -> Sequence[App]:
        """The apps that take part."""
        return [app for app in self.apps.values() if app.installed]

    @property
    def app(self) -> App:
        """The first app, and in most workspaces the only one."""
        return next(iter(self.installed or self.apps.values()))

    @property
    def bot(self) -> User:
        """The first app's bot user."""
        return self.users[self.app.user_id]

    def app_of(self, bot: str | None) -> App:
        """The app whose bot, or bot user, this is; the first one where it is nobody's."""
        found = (app for app in self.apps.values() if bot in (app.bot_id, app.user_id))
        return next(found, self.app)

    def install(self, app: App, bot: User, channels: Iterable[str]) -> None:
        """Put an app into the workspace, with its bot in these channels and in a direct message with each person.

        One that was there before stays where it was.
        """
        known = app.id in self.apps
        # The newest comes last, as it does where nothing was kept.
        self.apps.pop(app.id, None)
        self.apps[app.id], self.users[app.user_id] = app, bot
        if known:
            return
        for channel in channels:
            self._members[channel][app.user_id] = None
            self.tell(ConversationChanged(self._conversations[channel]))
        for person in [user for user in self.users.values() if not user.is_bot]:
            self.open_direct((person.id, app.user_id))

    def adopt_apps(self, other: World) -> None:
        """Have the apps of another workspace installed, and no others; what those have written stays."""
        if other is self:
            return
        for app in self.installed:
            if app.id not in other.apps:
                self.apps[app.id] = replace(app, installed=False)
                self.users[app.user_id] = replace(self.users[app.user_id], deleted=True)
        for app in other.installed:
            channels = [
                each.id for each in other.conversations() if each.name and other.is_member(each.id, app.user_id)
            ]
            self.install(app, other.users[app.user_id], [each for each in channels if each in self._conversations])
            self.features[app.id] = other.features[app.id]

    def user_named(self, name: str) -> User | None:
        """The user with this handle or display name, whatever the case."""
        wanted = name.casefold()
        for user in self.users.values():
            if wanted in (user.name.casefold(), user.display_name.casefold()):
                return user
        return None

    def conversations(self) -> Sequence[Conversation]:
        """All conversations, in the order in which they were made."""
        return tuple(self._conversations.values())

    def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation with this id."""
        return self._conversations.get(conversation_id)

    def conversation_named(self, name: str) -> Conversation | None:
        """The channel with this name, with or without its #."""
        wanted = name.removeprefix("#")
        return next((each for each in self._conversations.values() if each.name == wanted), None)

    def conversation_between(self, users: Iterable[str]) -> Conversation | None:
        """The direct message whose members are exactly these users."""
        wanted = set(users)
        for each in self._conversations.values():
            if each.type in ("im", "mpim") and self._members[each.id].keys() == wanted:
                return each
        return None

    def members(self, conversation_id: str) -> Sequence[str]:
        """The ids of a conversation's members, in the order of their joining; KeyError if unknown."""
        return tuple(self._members[conversation_id])

    def is_member(self, conversation_id: str, user: str) -> bool:
        """Whether a user is in a conversation."""
        return user in self._members.get(conversation_id, ())

    def timeline(self, conversation_id: str) -> Timeline:
        """The messages of a conversation; KeyError if unknown."""
        return self._timelines[conversation_id]

    def add_conversation(self, conversation: Conversation, members: Iterable[str]) -> Conversation:
        """Put a new conversation into the workspace; nobody "joins" it, as nobody does in Slack."""
        self._conversations[conversation.id] = conversation
        self._members[conversation.id] = dict.fromkeys(members)
        self._timelines[conversation.id] = Timeline()
        self.tell(ConversationChanged(conversation))
        return conversation

    def open_direct(self, users: Iterable[str]) -> Conversation:
        """The direct message, or group direct message, of these users, made if there is none."""
        everybody = list(dict.fromkeys(users))
        known = self.conversation_between(everybody)
        if known is not None:
            return known
        number, created = len(self._conversations), int(self.clock())
        if len(everybody) <= 2:
            made = Conversation(f"D0OPENED{number:03d}", "im", "", everybody[0], created)
        else:
            names = "--".join(self.users[user].name for user in everybody)
            made = Conversation(f"C0MPDM{number:04d}", "mpim", f"mpdm-{names}-1", everybody[0], created)
        return self.add_conversation(made, everybody)

    def change_conversation(self, conversation_id: str, **fields: Any) -> Conversation:
        """Give a conversation other values (`topic`, `purpose`, `name`, `is_archived`)."""
        changed = replace(self._conversations[conversation_id], **fields)
        self._conversations[conversation_id] = changed
        self.tell(ConversationChanged(changed))
        return changed

    def join(self, conversation_id: str, user: str, inviter: str | None = None) -> None:
        """Make a user a member, with Slack's `channel_join` message; nothing happens if they are one."""
        if self.is_member(conversation_id, user):
            return
        self._members[conversation_id][user] = None
        conversation = self._conversations[conversation_id]
        self.tell(MemberJoined(conversation, user, inviter, self.mint()))
        extra = {"inviter": inviter} if inviter else {}
        text = f"<@{user}> has joined the channel"
        self.post(conversation_id, user, text, subtype="channel_join", extra=extra)

    def leave(self, conversation_id: str, user: str) -> None:
        """End a membership, with Slack's `channel_leave` message; nothing happens if there is none."""
        if not self.is_member(conversation_id, user):
            return
        self.post(conversation_id, user, f"<@{user}> has left the channel", subtype="channel_leave")
        del self._members[conversation_id][user]
        self.tell(MemberLeft(self._conversations[conversation_id], user, self.mint()))

    def post(self, conversation_id: str, user: str, text: str, **fields: Any) -> Message:
        """Post a message; `fields` are the other fields of `Message`."""
        message = Message(channel=conversation_id, ts=self.mint(), user=user, text=text, **fields)
        self._timelines[conversation_id].put(message)
        self.statuses.replied(self._conversations[conversation_id], message)
        self.tell(MessagePosted(self._conversations[conversation_id], message))
        return message

    def post_ephemeral(self, conversation_id: str, to: str, user: str, text: str, **fields: Any) -> Message:
        """Show a message to one user only; no channel keeps it, as in Slack."""
        message = Message(channel=conversation_id, ts=self.mint(), user=user, text=text, **fields)
        self.ephemerals.put(Ephemeral(to, message))
        self.tell(EphemeralPosted(self._conversations[conversation_id], message, to))
        return message

    def change_ephemeral(self, previous: Ephemeral, **fields: Any) -> None:
        """Show another version of an ephemeral message, under the same ts."""
        self.delete_ephemeral(previous)
        changed = replace(previous.message, **fields)
        self.ephemerals.put(Ephemeral(previous.to, changed))
        self.tell(EphemeralPosted(self._conversations[changed.channel], changed, previous.to))

    def delete_ephemeral(self, gone: Ephemeral) -> None:
        """Take an ephemeral message away."""
        self.ephemerals.remove(gone.message)
        self.tell(EphemeralGone(self._conversations[gone.message.channel], gone.message.ts, gone.to))

    def change(self, previous: Message, *, progress: bool = False, **fields: Any) -> Message:
        """Put a new version of a message in its place; `progress` if a stream has grown."""
        message = replace(previous, **fields)
        self._timelines[message.channel].put(message)
        self.tell(MessageChanged(self._conversations[message.channel], message, previous, self.mint(), progress))
        return message

    def delete(self, message: Message) -> None:
        """Take a message away; a root with replies stays as Slack's `tombstone`, and goes with the last of them.

        The events are those that were measured (42wim/matterbridge#600, slack-edge/slack-edge#10).
        """
        timeline = self._timelines[message.channel]
        if timeline.thread(message.ts):
            buried = tombstone(message)
            timeline.put(buried)
            self.tell(MessageChanged(self._conversations[message.channel], buried, message, self.mint()))
            return
        self._remove(message)
        root = timeline.get(message.thread_ts) if message.thread_ts else None
        if root is not None and root.subtype == "tombstone" and not timeline.thread(root.ts):
            self._remove(root)

    def _remove(self, message: Message) -> None:
        self._timelines[message.channel].remove(message.ts)
        self.tell(MessageDeleted(self._conversations[message.channel], message, self.mint()))

    def unfurl(self, message: Message, *attachments: Json) -> Message:
        """Put previews of links under a message, which is a change of it and no edit.

        See https://docs.slack.dev/messaging/unfurling-links-in-messages.
        """
        return self.change(message, attachments=(*message.attachments, *attachments))

    def react(self, message: Message, user: str, name: str) -> bool:
        """Put an emoji under a message; False if that user's already is there."""
        return self._set_reactions(message, user, name, with_emoji(message.reactions, user, name), added=True)

    def unreact(self, message: Message, user: str, name: str) -> bool:
        """Take a user's emoji away from under a message; False if there is none."""
        return self._set_reactions(message, user, name, without_emoji(message.reactions, user, name), added=False)

    def _set_reactions(
        self, message: Message, user: str, name: str, reactions: Reactions | None, *, added: bool
    ) -> bool:
        if reactions is None:
            return False
        changed = replace(message, reactions=reactions)
        self._timelines[message.channel].put(changed)
        self.tell(ReactionChanged(self._conversations[message.channel], changed, user, name, added, self.mint()))
        return True

    def set_status(self, conversation_id: str, thread_ts: str, status: str, **fields: Any) -> None:
        """Show what the bot is doing under a thread, with the other fields of `StatusSet`; an empty one clears it."""
        lasting = {"seconds": self.statuses.seconds} | fields
        self.statuses.put(StatusSet(self._conversations[conversation_id], thread_ts, status, **lasting))

    def open_home(self, user: str, tab: Literal["home", "messages"] = "home", app: App | None = None) -> None:
        """A person opens a tab of an app, the first one by default; KeyError if they have no direct message with it."""
        conversation = self.conversation_between((user, (app or self.app).user_id))
        if conversation is None:
            raise KeyError(user)
        self.tell(HomeOpened(conversation, user, tab, self.mint()))
