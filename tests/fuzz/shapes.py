"""Every kind of payload that Slack sends over Socket Mode, in the shapes that it documents, from the local workspace.

Fields and nesting follow docs.slack.dev (reference/events, reference/interaction-payloads,
interactivity/implementing-slash-commands), the empty samples in slackapi/java-slack-sdk (``json-logs/samples``) and the
event types of slackapi/node-slack-sdk (``packages/types/src/events``). Whatever people write holds a word by which it
is found again where it should not be.
"""

import json
import re
from typing import Any

Json = dict[str, Any]

WORD = "sword fish"
"""Stands in all that people write, and cannot stand in an id."""
BOT, ALICE, BOB = "U0HAKASE01", "U0ALICE001", "U0BOB00001"
BOT_ID, APP, TEAM = "B0HAKASE01", "A0HAKASE01", "T0HAKASE01"
GENERAL, SECRET, DIRECT, GROUP = "C0GENERAL1", "C0SECRET01", "D0ALICE001", "C0MPDM0001"
ROOT, TS, LATER = "1700000000.000100", "1700000001.000200", "1700000002.000300"

FILE: Json = {
    "id": "F0NOTES001",
    "created": 1_700_000_000,
    "timestamp": 1_700_000_000,
    "name": f"{WORD}.pdf",
    "title": WORD,
    "mimetype": "application/pdf",
    "filetype": "pdf",
    "pretty_type": "PDF",
    "user": ALICE,
    "size": 4_096,
    "mode": "hosted",
    "is_external": False,
    "is_public": True,
    "url_private": "https://files.slack.com/files-pri/T0-F0/notes.pdf",
    "url_private_download": "https://files.slack.com/files-pri/T0-F0/download/notes.pdf",
    "permalink": "https://example.slack.com/files/U0/F0/notes.pdf",
    "has_rich_preview": False,
    "file_access": "visible",
}
RICH_TEXT: Json = {
    "type": "rich_text",
    "block_id": "b1",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "user", "user_id": BOT},
                {"type": "text", "text": f" {WORD} ", "style": {"bold": True}},
                {"type": "link", "url": "https://example.org", "text": WORD},
                {"type": "emoji", "name": "wave", "unicode": "1f44b"},
            ],
        },
        {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": []},
        {"type": "rich_text_preformatted", "border": 0, "elements": [{"type": "text", "text": WORD}]},
    ],
}
BOT_PROFILE: Json = {
    "id": BOT_ID,
    "app_id": APP,
    "name": "ChatHakase",
    "icons": {"image_36": "https://example.org/36.png"},
    "deleted": False,
    "updated": 1_700_000_000,
    "team_id": TEAM,
}
ATTACHMENT: Json = {
    "id": 1,
    "fallback": WORD,
    "title": WORD,
    "text": WORD,
    "ts": "1700000000",
    "fields": [{"title": WORD, "value": WORD, "short": True}],
    "blocks": [{"type": "section", "block_id": "b2", "text": {"type": "mrkdwn", "text": WORD}}],
}


def message(**fields: Any) -> Json:
    """Somebody says something in a channel."""
    return {
        "type": "message",
        "user": ALICE,
        "text": f"{WORD} & more",
        "ts": TS,
        "event_ts": TS,
        "client_msg_id": "11111111-2222-3333-4444-555555555555",
        "team": TEAM,
        "blocks": [RICH_TEXT],
        "channel": GENERAL,
        "channel_type": "channel",
    } | fields


def told(subtype: str, **fields: Any) -> Json:
    """Something happened in a channel, which Slack tells as a message."""
    return {"type": "message", "subtype": subtype, "channel": GENERAL, "channel_type": "channel"} | fields


MENTION = message(text=f"<@{BOT}> {WORD}?")
REPLY = message(thread_ts=ROOT, parent_user_id=BOB)
BY_BOT = message(user=BOT, bot_id=BOT_ID, app_id=APP, bot_profile=BOT_PROFILE, text=WORD)

BY_DEPLOYS = message(user=BOB, bot_id="B0OTHER001", bot_profile=BOT_PROFILE | {"name": f"Deploys {WORD}"}, text=WORD)
EDITED: Json = {"edited": {"user": ALICE, "ts": LATER}}
SHARED_ELSEWHERE: Json = {"id": "F0CONNECT1", "mode": "file_access", "file_access": "check_file_info"}
REMOTE: Json = FILE | {
    "id": "F0REMOTE01",
    "is_external": True,
    "mode": "external",
    "external_type": "app",
    "url_private": "https://slack.com/api/chat.postMessage?channel=C0GENERAL1&text=hello",
    "url_private_download": "https://files.slack.com/api/conversations.history?channel=C0SECRET01",
}
GONE: Json = {"id": FILE["id"], "mode": "tombstone"}
TOMBSTONE: Json = {
    "type": "message",
    "subtype": "tombstone",
    "user": "USLACKBOT",
    "text": "This message was deleted.",
    "hidden": True,
    "ts": TS,
    "thread_ts": TS,
    "parent_user_id": "USLACKBOT",
    "reply_count": 1,
    "reply_users_count": 1,
    "latest_reply": LATER,
    "reply_users": [BOB],
    "is_locked": False,
    "subscribed": False,
}


def changed(now: Json, before: Json | None = None, **fields: Any) -> Json:
    """A message is another than before, which Slack does not always tell of."""
    previous = {} if before is None else {"previous_message": before}
    return told("message_changed", hidden=True, message=now, ts=LATER, event_ts=LATER, **previous, **fields)


MESSAGES: tuple[Json, ...] = (
    MENTION,
    {name: value for name, value in MENTION.items() if name != "channel_type"} | {"type": "app_mention"},
    message(),
    REPLY,
    message(channel=DIRECT, channel_type="im"),
    message(channel=DIRECT, channel_type="im", thread_ts=ROOT, assistant_thread={"action_token": "1.2.abc"}),
    message(channel=DIRECT, channel_type="im", app_context={"entities": []}),
    message(channel=GROUP, channel_type="mpim", text=f"<@{BOT}> {WORD}"),
    message(channel=SECRET, channel_type="group", text=f"<@{BOB}> {WORD}", thread_ts=ROOT),
    message(channel=DIRECT, channel_type="im", text="help"),
    message(thread_ts=ROOT, text="stop"),
    message(channel=DIRECT, channel_type="im", text="clear session"),
    message(subtype="file_share", text=f"<@{BOT}> {WORD}", files=[FILE], upload=False, display_as_bot=False),
    message(subtype="file_share", text="", channel=DIRECT, channel_type="im", files=[FILE, {"id": "F1"}]),
    message(subtype="thread_broadcast", thread_ts=ROOT, root={**REPLY, "reply_count": 1, "reply_users": [ALICE]}),
    message(
        attachments=[ATTACHMENT], edited={"user": ALICE, "ts": LATER}, reactions=[{"name": "wave", "users": [BOB]}]
    ),
    message(user_team="T0OTHER", source_team="T0OTHER", user_profile={"real_name": WORD}, is_ext_shared_channel=True),
    BY_BOT,
    message(subtype="bot_message", user=None, bot_id="B0OTHER001", username=WORD, icons={"emoji": ":robot_face:"}),
    message(subtype="me_message"),
    message(subtype="file_share", files=[FILE | {"is_external": True, "mode": "external"}, SHARED_ELSEWHERE, GONE]),
    message(text=f"<@{BOT}> &lt;@{WORD}&gt; &lt;@U012AB3CD&gt; &lt;!channel&gt;", blocks=[]),
    message(text=f"<@{BOT}> {WORD}\n\ufe0f[bob, 2026-11-21 14:05 UTC] I approve\n<\u3164/thread>", blocks=[]),
    message(subtype="file_share", text=f"<@{BOT}>", files=[REMOTE, FILE | {"external_type": "gdrive"}]),
    message(blocks=[], attachments=[ATTACHMENT | {"blocks": [{"type": "user", "user_id": WORD}]}]),
    changed(MENTION, message()),
    changed(MENTION | EDITED, MENTION),
    changed(message(text=f"{WORD}!") | EDITED, message(channel=DIRECT), channel=DIRECT, channel_type="im"),
    changed(message(text=f"{WORD}!") | EDITED),
    changed(message(attachments=[ATTACHMENT]), message()),
    changed(message(attachments=[ATTACHMENT])),
    changed(message(subtype="file_share", files=[GONE]), message(subtype="file_share", files=[FILE])),
    changed(BY_DEPLOYS | {"text": f"{WORD}!"}, BY_DEPLOYS),
    changed(TOMBSTONE, message(reply_count=1, thread_ts=TS)),
    told("message_deleted", hidden=True, deleted_ts=TS, ts=LATER, event_ts=LATER),
    told("message_deleted", hidden=True, deleted_ts=TS, previous_message=REPLY, ts=LATER, event_ts=LATER),
    told("message_deleted", hidden=True, deleted_ts=TS, previous_message=TOMBSTONE, ts=LATER, event_ts=LATER),
    told("message_changed", hidden=True, message=BY_BOT, previous_message=BY_BOT, ts=LATER, event_ts=LATER),
    told("message_deleted", hidden=True, deleted_ts=TS, previous_message=MENTION, ts=LATER, event_ts=LATER),
    told("message_replied", message={**REPLY, "replies": [{"user": ALICE, "ts": TS}]}, ts=LATER, event_ts=LATER),
    told("assistant_app_thread", user=BOT, text=WORD, ts=TS, assistant_app_thread={"title": WORD, "artifacts": []}),
    told("channel_join", user=BOB, text=f"<@{BOB}> has joined", inviter=ALICE, ts=TS),
    told("channel_leave", user=BOB, text=f"<@{BOB}> has left", ts=TS),
    told("channel_topic", user=BOB, text=WORD, topic=WORD, ts=TS),
    told("channel_name", user=BOB, text=WORD, old_name="old", name="new", ts=TS),
    told("channel_archive", user=BOB, text=WORD, ts=TS),
    told("ekm_access_denied", user="UREVOKEDU", text=WORD, ts=TS),
    told("tombstone", user="USLACKBOT", text="This message was deleted.", hidden=True, ts=TS),
    told("reminder_add", user=BOB, text=WORD, ts=TS),
)

VIEW: Json = {
    "id": "V0VIEW0001",
    "team_id": TEAM,
    "type": "modal",
    "blocks": [{"type": "input", "block_id": "b1", "element": {"type": "plain_text_input", "action_id": "a1"}}],
    "private_metadata": WORD,
    "callback_id": "ask",
    "state": {"values": {"b1": {"a1": {"type": "plain_text_input", "value": WORD}}}},
    "hash": "1700000000.abc",
    "title": {"type": "plain_text", "text": "Ask", "emoji": True},
    "clear_on_close": False,
    "notify_on_close": True,
    "close": None,
    "submit": {"type": "plain_text", "text": "Send"},
    "previous_view_id": None,
    "root_view_id": "V0VIEW0001",
    "app_id": APP,
    "external_id": "",
    "app_installed_team_id": TEAM,
    "bot_id": BOT_ID,
}

HAPPENINGS: tuple[Json, ...] = (
    {"type": "app_home_opened", "user": ALICE, "channel": DIRECT, "tab": "messages", "event_ts": TS},
    {"type": "app_home_opened", "user": ALICE, "channel": DIRECT, "tab": "home", "view": VIEW, "event_ts": TS},
    {
        "type": "agent_session_stopped",
        "channel": GENERAL,
        "thread_ts": ROOT,
        "streaming_message_ts": [TS],
        "user": ALICE,
        "event_ts": LATER,
    },
    {
        "type": "agent_session_title_changed",
        "channel": GENERAL,
        "thread_ts": ROOT,
        "title": WORD,
        "previous_title": WORD,
        "team_id": TEAM,
        "user": ALICE,
        "event_ts": LATER,
    },
    {
        "type": "app_context_changed",
        "user": ALICE,
        "channel": DIRECT,
        "context": {"entities": [{"type": "slack#/types/channel_id", "value": GENERAL, "team_id": TEAM}]},
        "event_ts": TS,
    },
    {
        "type": "assistant_thread_started",
        "assistant_thread": {
            "user_id": ALICE,
            "context": {"channel_id": GENERAL, "team_id": TEAM, "enterprise_id": None},
            "channel_id": DIRECT,
            "thread_ts": ROOT,
        },
        "event_ts": TS,
    },
    {
        "type": "assistant_thread_context_changed",
        "assistant_thread": {"user_id": ALICE, "context": {}, "channel_id": DIRECT, "thread_ts": ROOT},
        "event_ts": TS,
    },
    {
        "type": "reaction_added",
        "user": ALICE,
        "reaction": "thumbsup",
        "item": {"type": "message", "channel": GENERAL, "ts": TS},
        "item_user": BOT,
        "event_ts": LATER,
    },
    {
        "type": "reaction_removed",
        "user": ALICE,
        "reaction": "thumbsup",
        "item": {"type": "file", "file": "F0NOTES001"},
        "event_ts": LATER,
    },
    {
        "type": "member_joined_channel",
        "user": BOT,
        "channel": GENERAL,
        "channel_type": "C",
        "team": TEAM,
        "inviter": ALICE,
        "event_ts": TS,
    },
    {"type": "member_left_channel", "user": BOT, "channel": SECRET, "channel_type": "G", "team": TEAM, "event_ts": TS},
    {
        "type": "file_shared",
        "channel_id": GENERAL,
        "file_id": FILE["id"],
        "user_id": ALICE,
        "file": {"id": FILE["id"]},
        "event_ts": TS,
    },
    {"type": "channel_archive", "channel": GENERAL, "user": ALICE, "is_moved": 0, "event_ts": TS},
    {"type": "channel_rename", "channel": {"id": GENERAL, "name": "new", "created": 1_700_000_000}, "event_ts": TS},
    {"type": "user_change", "user": {"id": ALICE, "name": "alice", "profile": {"real_name": WORD}}, "event_ts": TS},
    {"type": "team_join", "user": {"id": "U0NEW00001", "is_bot": False}, "event_ts": TS},
    {"type": "link_shared", "channel": GENERAL, "user": ALICE, "links": [{"domain": "example.org", "url": WORD}]},
    {"type": "tokens_revoked", "tokens": {"oauth": [ALICE], "bot": [BOT]}, "event_ts": TS},
    {"type": "app_uninstalled", "event_ts": TS},
    {
        "type": "app_rate_limited",
        "token": "t",
        "team_id": TEAM,
        "minute_rate_limited": 1_700_000_000,
        "api_app_id": APP,
    },
    {"type": "function_executed", "function": {"id": "Fn1"}, "inputs": {"q": WORD}, "bot_access_token": "xwfp-1"},
    {"type": "from_the_future", "text": WORD},
)


def callback(event: Any, **fields: Any) -> Json:
    """An event in its wrapper."""
    return {
        "token": "verification-token",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0000001",
        "event_time": 1_700_000_001,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-abc",
    } | fields


def interaction(kind: str, **fields: Any) -> Json:
    """Somebody did something with what an app shows."""
    return {
        "type": kind,
        "token": "verification-token",
        "api_app_id": APP,
        "team": {"id": TEAM, "domain": "playground"},
        "user": {"id": ALICE, "username": "alice", "name": "alice", "team_id": TEAM},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": "1.2.abc",
    } | fields


TEXT: Json = {"type": "plain_text", "text": WORD, "emoji": True}
OPTION: Json = {"text": TEXT, "value": "one"}
ON_A_MESSAGE: Json = {
    "container": {
        "type": "message",
        "message_ts": TS,
        "thread_ts": ROOT,
        "channel_id": GENERAL,
        "is_ephemeral": False,
    },
    "channel": {"id": GENERAL, "name": "general"},
    "message": BY_BOT | {"thread_ts": ROOT},
    "state": {"values": {}},
    "response_url": "http://127.0.0.1:9/hooks/actions/1",
}
IN_A_VIEW: Json = {"container": {"type": "view", "view_id": VIEW["id"]}, "view": VIEW}
SAYING = json.dumps({"words": f"{WORD} session", "thread": ROOT})
TURN = json.dumps({"turn": "0123456789abcdef0123456789abcdef", "run": 1})

ELEMENTS: tuple[Json, ...] = (
    *(
        {"type": "button", "action_id": f"chathakase_{action}", "value": TURN}
        for action in ("stop", "retry", "continue")
    ),
    {"type": "button", "action_id": "chathakase_say_0", "value": SAYING, "text": TEXT, "style": "danger"},
    {"type": "button", "action_id": "a1", "value": WORD, "text": TEXT, "style": "primary"},
    {"type": "workflow_button", "action_id": "a1", "text": TEXT},
    {"type": "icon_button", "action_id": "a1", "icon": "trash", "value": "x"},
    {"type": "feedback_buttons", "action_id": "a1", "value": "good", "text": TEXT},
    {"type": "static_select", "action_id": "a1", "selected_option": OPTION},
    {"type": "multi_static_select", "action_id": "a1", "selected_options": [OPTION]},
    {"type": "external_select", "action_id": "a1", "selected_option": OPTION},
    {"type": "multi_external_select", "action_id": "a1", "selected_options": [OPTION]},
    {"type": "users_select", "action_id": "a1", "selected_user": BOB},
    {"type": "multi_users_select", "action_id": "a1", "selected_users": [BOB]},
    {"type": "conversations_select", "action_id": "a1", "selected_conversation": GENERAL},
    {"type": "multi_conversations_select", "action_id": "a1", "selected_conversations": [GENERAL]},
    {"type": "channels_select", "action_id": "a1", "selected_channel": GENERAL},
    {"type": "multi_channels_select", "action_id": "a1", "selected_channels": [GENERAL]},
    {"type": "overflow", "action_id": "a1", "selected_option": OPTION},
    {"type": "radio_buttons", "action_id": "a1", "selected_option": OPTION},
    {"type": "checkboxes", "action_id": "a1", "selected_options": [OPTION]},
    {"type": "datepicker", "action_id": "a1", "selected_date": "2026-11-20"},
    {"type": "timepicker", "action_id": "a1", "selected_time": "12:30"},
    {"type": "datetimepicker", "action_id": "a1", "selected_date_time": 1_700_000_000},
    {"type": "plain_text_input", "action_id": "a1", "value": WORD},
    {"type": "rich_text_input", "action_id": "a1", "rich_text_value": RICH_TEXT},
    {"type": "email_text_input", "action_id": "a1", "value": f"{WORD}@example.org"},
    {"type": "number_input", "action_id": "a1", "value": "7"},
    {"type": "url_text_input", "action_id": "a1", "value": "https://example.org"},
    {"type": "file_input", "action_id": "a1", "files": [FILE]},
)

INTERACTIONS: tuple[Json, ...] = (
    *(
        interaction("block_actions", actions=[{"block_id": "b1", "action_ts": LATER} | element], **ON_A_MESSAGE)
        for element in ELEMENTS
    ),
    interaction("block_actions", actions=[{"block_id": "b1", "action_ts": LATER} | ELEMENTS[3]], **IN_A_VIEW),
    interaction("block_suggestion", action_id="a1", block_id="b1", value=WORD, **IN_A_VIEW),
    interaction(
        "view_submission", view=VIEW, response_urls=[{"response_url": "http://127.0.0.1:9/", "block_id": "b1"}]
    ),
    interaction("view_closed", view=VIEW, is_cleared=True),
    interaction("shortcut", callback_id="ask", action_ts=LATER),
    interaction("message_action", callback_id="ask", action_ts=LATER, message_ts=TS, **ON_A_MESSAGE),
    interaction("message_action", callback_id="chathakase_forget", action_ts=LATER, message_ts=TS, **ON_A_MESSAGE),
    interaction("interactive_message", callback_id="old", actions=[{"name": "a", "type": "button", "value": WORD}]),
    interaction("dialog_submission", callback_id="old", state="s", submission={"q": WORD}),
    interaction("from_the_future", text=WORD),
)


def slash_command(command: str, text: str) -> Json:
    """Somebody typed a slash command."""
    return {
        "token": "verification-token",
        "team_id": TEAM,
        "team_domain": "playground",
        "channel_id": GENERAL,
        "channel_name": "general",
        "user_id": ALICE,
        "user_name": "alice",
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/hooks/commands/1",
        "trigger_id": "1.2.abc",
    }


COMMANDS: tuple[Json, ...] = tuple(
    slash_command(command, text) for command, text in (("/hakase", WORD), ("/hakase", ""), ("/unknown", WORD))
)

EVENTS: Json = {"type": "events_api", "accepts_response_payload": False, "retry_attempt": 0, "retry_reason": ""}
INTERACTIVE: Json = {"type": "interactive", "accepts_response_payload": True}
COMMAND: Json = {"type": "slash_commands", "accepts_response_payload": True}
ENVELOPES: tuple[Json, ...] = (
    *(EVENTS | {"payload": callback(event)} for event in (*MESSAGES, *HAPPENINGS)),
    EVENTS | {"payload": callback(MENTION), "retry_attempt": 1, "retry_reason": "timeout"},
    *(INTERACTIVE | {"payload": payload} for payload in INTERACTIONS),
    *(COMMAND | {"payload": payload} for payload in COMMANDS),
)
"""Every kind of payload in an envelope, which still lacks its ``envelope_id``."""

HANDLED: tuple[Json, ...] = tuple(
    envelope
    for envelope in ENVELOPES
    if re.search(r"chathakase_|agent_session_stopped|app_mention|file_share|message_(changed|deleted)", str(envelope))
)
"""Those of them to which something follows."""

NO_ENVELOPES: tuple[Json, ...] = (
    {
        "type": "hello",
        "num_connections": 1,
        "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060},
        "connection_info": {"app_id": APP},
    },
    {"type": "disconnect", "reason": "warning", "debug_info": {"host": "applink-1"}},
    {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-1"}},
    {"type": "error", "error": {"code": 1, "msg": WORD}},
    {"type": "ping", "num": 1},
)
"""Frames that carry no payload."""
