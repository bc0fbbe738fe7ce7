"""The parts that the payloads of all interactions share.

The shapes follow docs.slack.dev/reference/interaction-payloads and slackapi/java-slack-sdk
(`json-logs/samples/app-backend`).
"""

from __future__ import annotations

from chathakase.playground.world.values import App, Conversation, Json, User
from chathakase.playground.world.world import World


def interaction(world: World, app: App, user: User, kind: str) -> Json:
    """Who did what kind of thing, in which app."""
    return {
        "type": kind,
        "token": "playground-verification-token",
        "api_app_id": app.id,
        "team": {"id": world.team.id, "domain": world.team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": world.team.id},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place(conversation: Conversation) -> Json:
    """A conversation in an interaction; those without a name go by Slack's words for them."""
    return {"id": conversation.id, "name": place_name(conversation)}


def place_name(conversation: Conversation) -> str:
    """A conversation's name as interactions and commands give it."""
    if conversation.type == "im":
        return "directmessage"
    return "privategroup" if conversation.type == "group" else conversation.name
