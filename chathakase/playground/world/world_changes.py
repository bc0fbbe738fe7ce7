"""What can happen in a workspace, as values that observers are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from chathakase.playground.world.values import Conversation, Json, Message
from chathakase.playground.world.views import OpenView

ViewAction: TypeAlias = Literal["open", "push", "update", "close", "clear"]


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A message stands in a conversation that did not before."""

    conversation: Conversation
    message: Message


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message has a new version; `ts` is the change's own, and `progress` says that a stream has grown."""

    conversation: Conversation
    message: Message
    previous: Message
    ts: str
    progress: bool = False


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message is gone; `ts` is the change's own."""

    conversation: Conversation
    previous: Message
    ts: str


@dataclass(frozen=True, slots=True)
class EphemeralPosted:
    """One user sees a message that is kept nowhere."""

    conversation: Conversation
    message: Message
    to: str


@dataclass(frozen=True, slots=True)
class EphemeralGone:
    """A message that one user saw is taken away again."""

    conversation: Conversation
    ts: str
    to: str


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A user has become a member of a conversation, perhaps by another's invitation."""

    conversation: Conversation
    user: str
    inviter: str | None
    ts: str


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A user is no longer a member of a conversation."""

    conversation: Conversation
    user: str
    ts: str


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """A conversation is new, or has another topic, or is archived."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """A user has put an emoji under a message, or taken it away."""

    conversation: Conversation
    message: Message
    user: str
    name: str
    added: bool
    ts: str


@dataclass(frozen=True, slots=True)
class StatusSet:
    """The bot shows for some seconds what it is doing under a thread ("is thinking…"); an empty status clears it.

    The bot's next message in the thread clears it as well, unless it is one that `stays`.
    """

    conversation: Conversation
    thread_ts: str
    status: str
    loading_messages: tuple[str, ...] = ()
    seconds: float = 120.0
    stays: bool = False
    user: str = ""
    """The bot user who shows it; empty for the first app's."""


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person has opened the app's Home or Messages tab."""

    conversation: Conversation
    user: str
    tab: Literal["home", "messages"]
    ts: str


@dataclass(frozen=True, slots=True)
class SessionStopped:
    """A person has stopped the bot in a thread, and with it the messages there that were being streamed."""

    conversation: Conversation
    thread_ts: str
    streams: tuple[str, ...]
    user: str
    ts: str
    app_id: str = ""
    """The app that was at work; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class PromptsSet:
    """The bot suggests what to say: in a thread, or with `thread_ts` None in the direct message itself."""

    conversation: Conversation
    thread_ts: str | None
    title: str
    prompts: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A person's stack of modals has changed: `view` is the one that came or went."""

    user: str
    action: ViewAction
    view: OpenView


@dataclass(frozen=True, slots=True)
class HomePublished:
    """A person's Home tab has another content."""

    user: str
    view: OpenView


Change: TypeAlias = (
    MessagePosted
    | MessageChanged
    | MessageDeleted
    | EphemeralPosted
    | EphemeralGone
    | MemberJoined
    | MemberLeft
    | ConversationChanged
    | ReactionChanged
    | StatusSet
    | HomeOpened
    | SessionStopped
    | PromptsSet
    | ViewShown
    | HomePublished
)
