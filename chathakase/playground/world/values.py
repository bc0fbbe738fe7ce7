"""The nouns of a Slack workspace as frozen values, in Slack's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object as Slack sends and takes it."""

ChannelType: TypeAlias = Literal["channel", "group", "im", "mpim"]
"""Slack's `channel_type`: public channel, private channel, direct message, group direct message."""


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str
    enterprise_id: str = ""
    """The organization that it is part of; empty for one on its own."""


@dataclass(frozen=True, slots=True)
class App:
    """An app with its bot (`bot_id`) and bot user (`user_id`); one that is not `installed` has only left messages."""

    id: str
    name: str
    bot_id: str
    user_id: str
    installed: bool = True


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot user; `name` is the handle after the @ sign, `tz_offset` is in seconds.

    `team_id` and `enterprise_id` are those of another workspace and organization, for somebody who comes from there;
    `is_stranger` tells that they share no channel with the apps.
    """

    id: str
    name: str
    real_name: str
    display_name: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    team_id: str = ""
    enterprise_id: str = ""
    tz: str = "Europe/Amsterdam"
    tz_label: str = "Central European Time"
    tz_offset: int = 3600


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel, private channel, direct message or group direct message; its times are in epoch seconds."""

    id: str
    type: ChannelType
    name: str
    creator: str
    created: int
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    topic_creator: str = ""
    topic_set: int = 0


@dataclass(frozen=True, slots=True)
class Edited:
    """Who changed a message last, and when (a `ts`)."""

    user: str
    ts: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji under a message and the users who chose it, in their order."""

    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `thread_ts` is the root's `ts` in a reply and None in every other message.

    `files` are ids of files. `extra` holds the fields of a subtype (`inviter`, `topic`, …).
    """

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    client_msg_id: str | None = None
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None
    edited: Edited | None = None
    broadcast: bool = False
    reactions: tuple[Reaction, ...] = ()
    files: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def tombstone(message: Message) -> Message:
    """What stands in the place of a deleted message that has replies."""
    return Message(
        channel=message.channel,
        ts=message.ts,
        user="USLACKBOT",
        text="This message was deleted.",
        subtype="tombstone",
        extra={"hidden": True},
    )
