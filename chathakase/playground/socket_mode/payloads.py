"""Users, conversations and messages as the JSON that Slack sends.

The shapes follow the samples in slackapi/java-slack-sdk (`json-logs/samples`) and the event types of
slackapi/node-slack-sdk (`packages/types/src/events`).
"""

from __future__ import annotations

from chathakase.playground.avatars import BOT_SIZES, colour_of, images
from chathakase.playground.content.file_json import files_json
from chathakase.playground.world.values import App, ChannelType, Conversation, Json, Message, Team, User
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world import World


def team_json(world: World) -> Json:
    """The workspace, as `team.info` gives it."""
    team = world.team
    return {
        "id": team.id,
        "name": team.name,
        "domain": team.domain,
        "email_domain": "",
        "url": team_url(team),
        "icon": images(world.files.base, team.id) | {"image_default": True},
    }


def team_url(team: Team) -> str:
    """The address of a workspace, with its closing slash."""
    return f"https://{team.domain}.slack.com/"


def user_json(world: World, user: User) -> Json:
    """A user, as `users.info` gives it to an app that may not read addresses (`users:read.email`)."""
    return {
        "id": user.id,
        "team_id": user.team_id or world.team.id,
        "name": user.name,
        "deleted": user.deleted,
        "color": colour_of(user.id),
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz_label,
        "tz_offset": user.tz_offset,
        "profile": _profile_json(world, user),
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
        "is_email_confirmed": not user.is_bot,
        "who_can_share_contact_card": "EVERYONE",
        **({"is_stranger": True} if user.is_stranger else {}),
        **_enterprise_json(world, user),
    }


def _enterprise_json(world: World, user: User) -> Json:
    """What is told of somebody who belongs to an organization (docs: reference/objects/user-object)."""
    enterprise = user.enterprise_id if user.team_id else world.team.enterprise_id
    if not enterprise:
        return {}
    known: Json = {
        "id": user.id,
        "enterprise_id": enterprise,
        "enterprise_name": enterprise,
        "is_admin": False,
        "is_owner": False,
        "teams": [user.team_id or world.team.id],
    }
    return {"enterprise_user": known}


def _profile_json(world: World, user: User) -> Json:
    first_name, _, last_name = user.real_name.partition(" ")
    profile: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "fields": None,
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "status_text_canonical": "",
        "avatar_hash": f"g{colour_of(user.id)}",
        "first_name": first_name,
        "last_name": last_name,
        "team": user.team_id or world.team.id,
        **images(world.files.base, user.id),
    }
    if not user.is_bot:
        return profile
    app = world.app_of(user.id)
    return profile | {"api_app_id": app.id, "bot_id": app.bot_id, "always_active": True}


def bot_json(world: World, app: App) -> Json:
    """An app's bot, as `bots.info` gives it."""
    return {
        "id": app.bot_id,
        "deleted": not app.installed,
        "name": app.name,
        "updated": 0,
        "app_id": app.id,
        "user_id": app.user_id,
        "icons": images(world.files.base, app.bot_id, BOT_SIZES),
    }


def bot_profile_json(world: World, app: App) -> Json:
    """The `bot_profile` in the messages of a bot."""
    bot = bot_json(world, app) | {"team_id": world.team.id}
    del bot["user_id"]
    return bot


def conversation_json(world: World, conversation: Conversation, viewer: str) -> Json:
    """A conversation as `conversations.info` gives it to one of the workspace's users."""
    if conversation.type == "im":
        return _im_json(world, conversation, viewer)
    kind = conversation.type
    return {
        "id": conversation.id,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": kind == "channel",
        "is_group": kind == "group",
        "is_im": False,
        "is_mpim": kind == "mpim",
        "is_private": kind != "channel",
        "created": conversation.created,
        "is_archived": conversation.is_archived,
        "is_general": conversation.name == "general",
        "unlinked": 0,
        "updated": conversation.created * 1_000,
        "parent_conversation": None,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_ext_shared": False,
        "context_team_id": world.team.id,
        "creator": conversation.creator,
        "is_member": world.is_member(conversation.id, viewer),
        "shared_team_ids": [world.team.id],
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "topic": {
            "value": conversation.topic,
            "creator": conversation.topic_creator,
            "last_set": conversation.topic_set,
        },
        "purpose": {"value": conversation.purpose, "creator": "", "last_set": 0},
        "properties": {},
        "previous_names": [],
    }


def _im_json(world: World, conversation: Conversation, viewer: str) -> Json:
    others = [member for member in world.members(conversation.id) if member != viewer]
    return {
        "id": conversation.id,
        "created": conversation.created,
        "is_im": True,
        "updated": conversation.created * 1_000,
        "is_org_shared": False,
        "is_archived": conversation.is_archived,
        "context_team_id": world.team.id,
        "user": others[0] if others else viewer,
        "is_user_deleted": any(world.users[other].deleted for other in others),
        "is_open": True,
        "priority": 0,
    }


def message_json(world: World, message: Message, *, with_metadata: bool = False) -> Json:
    """A message as `conversations.history` and the events give it, without channel; a root tells of its thread."""
    payload: Json = {"type": "message"}
    if subtype := _subtype(message):
        payload["subtype"] = subtype
    payload |= {"user": message.user, "text": message.text, "ts": message.ts}
    if message.client_msg_id:
        payload["client_msg_id"] = message.client_msg_id
    if message.bot_id is not None:
        app = world.app_of(message.bot_id)
        payload |= {"bot_id": message.bot_id, "app_id": app.id, "bot_profile": bot_profile_json(world, app)}
    if message.subtype is None:
        payload["team"] = world.team.id
    payload |= _content(message)
    if message.files:
        payload["files"] = files_json(world, message.files)
    if with_metadata and message.metadata:
        payload["metadata"] = message.metadata
    return payload | _thread_fields(world, message)


def _subtype(message: Message) -> str | None:
    return "thread_broadcast" if message.broadcast and message.subtype is None else message.subtype


def _content(message: Message) -> Json:
    content: Json = dict(message.extra)
    if message.blocks:
        content["blocks"] = list(message.blocks)
    if message.attachments:
        content["attachments"] = list(message.attachments)
    if message.edited:
        content["edited"] = {"user": message.edited.user, "ts": message.edited.ts}
    if message.reactions:
        content["reactions"] = [
            {"name": each.name, "users": list(each.users), "count": len(each.users)} for each in message.reactions
        ]
    return content


def _thread_fields(world: World, message: Message) -> Json:
    timeline = world.timeline(message.channel)
    if message.thread_ts is None:
        thread = timeline.thread(message.ts)
        if thread is None:
            return {}
        return {
            "thread_ts": message.ts,
            "reply_count": len(thread.replies),
            "reply_users_count": len(thread.users),
            "latest_reply": thread.replies[-1],
            "reply_users": list(thread.users)[:5],
            "is_locked": False,
            "subscribed": False,
        }
    fields: Json = {"thread_ts": message.thread_ts}
    root = timeline.get(message.thread_ts)
    if root is not None:
        fields["parent_user_id"] = root.user
        if message.broadcast:
            fields["root"] = message_json(world, root)
    return fields


def view_json(world: World, view: OpenView) -> Json:
    """A view as the views methods give it, and interactions too."""
    body, app = view.body, world.apps.get(view.app_id, world.app)
    common: Json = {
        "id": view.id,
        "team_id": world.team.id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "state": {"values": dict(view.values)},
        "hash": view.hash,
        "title": body.get("title"),
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": view.notifies,
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": app.id,
        "external_id": view.external_id,
        "app_installed_team_id": world.team.id,
        "bot_id": app.bot_id,
    }
    return common | {"submit_disabled": bool(body.get("submit_disabled"))}


def channel_letter(kind: ChannelType) -> str:
    """The `channel_type` of the member events, which is not that of messages: C, or G for the private ones."""
    return "C" if kind == "channel" else "G"
