"""The Web API methods that this Slack knows, with the tier, scopes and token types of their method pages."""

from __future__ import annotations

from collections.abc import Mapping

from chathakase.playground.web_api.limits import Tier
from chathakase.playground.web_api.methods import (
    agents,
    apps,
    assistant,
    chat,
    conversations,
    files,
    history,
    people,
    reactions,
    streams,
    views,
)
from chathakase.playground.web_api.methods.access import scopes_of
from chathakase.playground.web_api.methods.call import Method
from chathakase.playground.web_api.tokens import TokenType
from chathakase.playground.world.manifest import MENU_SCOPE

_BOT: frozenset[TokenType] = frozenset({"bot"})

METHODS: Mapping[str, Method] = {
    "api.test": Method(people.api_test, Tier.FOUR, tokens=frozenset()),
    "auth.test": Method(people.auth_test, Tier.UNLIMITED),
    "agents.sessions.rename": Method(agents.rename, Tier.THREE, scopes=("chat:write",), tokens=_BOT),
    "agents.sessions.setStatus": Method(agents.set_status, Tier.THREE, scopes=("chat:write",), tokens=_BOT),
    "apps.manifest.export": Method(apps.manifest_export, Tier.THREE, tokens=frozenset({"config"})),
    "assistant.threads.setSuggestedPrompts": Method(
        assistant.set_suggested_prompts, Tier.THREE, scopes=("assistant:write", "chat:write"), tokens=_BOT
    ),
    "assistant.threads.setStatus": Method(
        assistant.set_status, Tier.STATUS, scopes=("assistant:write", "chat:write"), tokens=_BOT
    ),
    "assistant.threads.setTitle": Method(
        assistant.set_title, Tier.THREE, scopes=("assistant:write", "chat:write"), tokens=_BOT
    ),
    "bots.info": Method(people.bots_info, Tier.THREE, scopes=("users:read",)),
    "chat.appendStream": Method(streams.append, Tier.FOUR, scopes=("chat:write",), tokens=_BOT),
    "chat.delete": Method(chat.delete, Tier.THREE, scopes=("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, Tier.UNLIMITED),
    "chat.postEphemeral": Method(chat.post_ephemeral, Tier.FOUR, scopes=("chat:write",)),
    "chat.postMessage": Method(chat.post_message, Tier.POST, scopes=("chat:write",)),
    "chat.startStream": Method(streams.start, Tier.TWO, scopes=("chat:write",), tokens=_BOT),
    "chat.stopStream": Method(streams.stop, Tier.TWO, scopes=("chat:write",), tokens=_BOT),
    "chat.update": Method(chat.update, Tier.THREE, scopes=("chat:write",)),
    "conversations.history": Method(history.history, Tier.THREE, by_type=scopes_of("history")),
    "conversations.info": Method(conversations.info, Tier.THREE, by_type=scopes_of("read")),
    "conversations.invite": Method(
        conversations.invite, Tier.THREE, scopes=("channels:manage", "channels:write.invites", "groups:write")
    ),
    "conversations.join": Method(conversations.join, Tier.THREE, scopes=("channels:join",)),
    "conversations.leave": Method(conversations.leave, Tier.THREE, by_type=scopes_of("manage")),
    "conversations.list": Method(conversations.listing, Tier.TWO, by_type=scopes_of("read")),
    "conversations.members": Method(conversations.members, Tier.FOUR, by_type=scopes_of("read")),
    "conversations.open": Method(conversations.open_conversation, Tier.THREE, by_type=scopes_of("manage")),
    "conversations.replies": Method(history.replies, Tier.THREE, by_type=scopes_of("history")),
    "conversations.setTopic": Method(
        conversations.set_topic, Tier.TWO, scopes=("channels:manage", "channels:write.topic", "groups:write")
    ),
    "files.completeUploadExternal": Method(files.complete_upload, Tier.FOUR, scopes=("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, Tier.FOUR, scopes=("files:write",)),
    "files.info": Method(files.info, Tier.FOUR, scopes=("files:read",)),
    "reactions.add": Method(reactions.add, Tier.THREE, scopes=("reactions:write",)),
    "reactions.remove": Method(reactions.remove, Tier.TWO, scopes=("reactions:write",)),
    "team.info": Method(people.team_info, Tier.THREE, scopes=("team:read",)),
    "users.conversations": Method(conversations.memberships, Tier.THREE, by_type=scopes_of("read")),
    "users.info": Method(people.users_info, Tier.FOUR, scopes=("users:read",)),
    "users.list": Method(people.users_list, Tier.TWO, scopes=("users:read",)),
    "views.open": Method(views.open_view, Tier.FOUR, tokens=_BOT),
    "views.publish": Method(views.publish, Tier.FOUR, tokens=_BOT),
    "views.push": Method(views.push, Tier.FOUR, tokens=_BOT),
    "views.update": Method(views.update, Tier.FOUR, tokens=_BOT),
}
"""All methods but apps.connections.open, which needs the sockets and is added where they are."""

EVENT_SCOPES = frozenset({"app_mentions:read", "reactions:read"})
"""Scopes that no method needs and some events do."""

DEFAULT_SCOPES = EVENT_SCOPES.union({MENU_SCOPE}, *((*each.scopes, *each.by_type) for each in METHODS.values()))
"""What an app is granted unless said otherwise: all that the methods here may ask for."""
