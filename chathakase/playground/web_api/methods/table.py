"""The Web API methods that this Slack knows, with the tier, scopes and token types of their method pages."""

from __future__ import annotations

from collections.abc import Mapping

from chathakase.playground.web_api.app_tokens import TokenType
from chathakase.playground.web_api.methods import (
    agents,
    apps,
    assistant,
    chat,
    conversations,
    file_methods,
    history,
    reaction_methods,
    stream_methods,
    user_methods,
    view_methods,
)
from chathakase.playground.web_api.methods.call import Method
from chathakase.playground.web_api.methods.conversation_access import scopes_of
from chathakase.playground.web_api.tiers import Tier
from chathakase.playground.world.app_manifest import MENU_SCOPE

_BOT: frozenset[TokenType] = frozenset({"bot"})

METHODS: Mapping[str, Method] = {
    "api.test": Method(user_methods.api_test, Tier.FOUR, tokens=frozenset()),
    "auth.test": Method(user_methods.auth_test, Tier.UNLIMITED),
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
    "bots.info": Method(user_methods.bots_info, Tier.THREE, scopes=("users:read",)),
    "chat.appendStream": Method(stream_methods.append, Tier.FOUR, scopes=("chat:write",), tokens=_BOT),
    "chat.delete": Method(chat.delete, Tier.THREE, scopes=("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, Tier.UNLIMITED),
    "chat.postEphemeral": Method(chat.post_ephemeral, Tier.FOUR, scopes=("chat:write",)),
    "chat.postMessage": Method(chat.post_message, Tier.POST, scopes=("chat:write",)),
    "chat.startStream": Method(stream_methods.start, Tier.TWO, scopes=("chat:write",), tokens=_BOT),
    "chat.stopStream": Method(stream_methods.stop, Tier.TWO, scopes=("chat:write",), tokens=_BOT),
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
    "files.completeUploadExternal": Method(file_methods.complete_upload, Tier.FOUR, scopes=("files:write",)),
    "files.getUploadURLExternal": Method(file_methods.get_upload_url, Tier.FOUR, scopes=("files:write",)),
    "files.info": Method(file_methods.info, Tier.FOUR, scopes=("files:read",)),
    "reactions.add": Method(reaction_methods.add, Tier.THREE, scopes=("reactions:write",)),
    "reactions.remove": Method(reaction_methods.remove, Tier.TWO, scopes=("reactions:write",)),
    "team.info": Method(user_methods.team_info, Tier.THREE, scopes=("team:read",)),
    "users.conversations": Method(conversations.memberships, Tier.THREE, by_type=scopes_of("read")),
    "users.info": Method(user_methods.users_info, Tier.FOUR, scopes=("users:read",)),
    "users.list": Method(user_methods.users_list, Tier.TWO, scopes=("users:read",)),
    "views.open": Method(view_methods.open_view, Tier.FOUR, tokens=_BOT),
    "views.publish": Method(view_methods.publish, Tier.FOUR, tokens=_BOT),
    "views.push": Method(view_methods.push, Tier.FOUR, tokens=_BOT),
    "views.update": Method(view_methods.update, Tier.FOUR, tokens=_BOT),
}
"""All methods but apps.connections.open, which needs the sockets and is added where they are."""

EVENT_SCOPES = frozenset({"app_mentions:read", "reactions:read"})
"""Scopes that no method needs and some events do."""

DEFAULT_SCOPES = EVENT_SCOPES.union({MENU_SCOPE}, *((*each.scopes, *each.by_type) for each in METHODS.values()))
"""What an app is granted unless said otherwise: all that the methods here may ask for."""
