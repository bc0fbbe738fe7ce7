"""files.*: uploads in three steps (a URL, the bytes, the completion), and what is known of a file."""

from __future__ import annotations

from collections.abc import Sequence

from chathakase.playground.content.block_checks import checked_blocks
from chathakase.playground.content.file_json import file_json_with_places
from chathakase.playground.content.mrkdwn import as_stored, rich_text
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.chat import thread_of
from chathakase.playground.web_api.methods.conversation_access import hidden
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Conversation, Json, Message
from chathakase.playground.world.workspace_files import File

SNIPPET_MOST = 2**20
ALT_TEXT_MOST = 1_000


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal: where to send the bytes, by `filename` and `length`."""
    name, alt_text = call.arguments.required("filename"), call.arguments.text("alt_txt")
    length = _length(call)
    if not name or not length:
        raise SlackError("missing_argument")
    if length > call.world.files.most:
        raise SlackError("file_upload_size_restricted")
    if call.arguments.text("snippet_type") and length > SNIPPET_MOST:
        raise SlackError("snippet_too_large")
    if len(alt_text) > ALT_TEXT_MOST:
        raise SlackError("alt_txt_too_large")
    files = call.world.files
    file, ticket = files.expect(name, call.caller.user_id, int(call.world.clock()), length, alt_text)
    return {"upload_url": f"{files.base}/upload/v1/{ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: the end of uploads, and a message with the files in each channel named."""
    given = call.arguments.objects("files", "invalid_arguments")
    if not given:
        raise SlackError.invalid("invalid_arguments", "missing required field: files")
    conversations = [_target(call, name) for name in _channels(call)]
    if call.arguments.has("thread_ts") and len(conversations) > 1:
        raise SlackError.invalid("invalid_arguments", "only one channel with thread_ts")
    user = call.caller.user_id
    files = [call.world.files.complete(str(each.get("id")), user, str(each.get("title") or "")) for each in given]
    for conversation in conversations:
        share(call, conversation, files, call.arguments.text("initial_comment"))
    current = [call.world.files.get(file.id) or file for file in files]
    return {"files": [file_json_with_places(call.world, file) for file in current]}


def info(call: Call) -> Json:
    """files.info: one file, if it is the caller's or was shared where the caller is."""
    file = call.world.files.get(call.arguments.required("file"))
    if file is None or not may_read(call, file):
        raise SlackError("file_not_found")
    return {"file": file_json_with_places(call.world, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def may_read(call: Call, file: File) -> bool:
    """Whether the caller may see a file."""
    user = call.caller.user_id
    return file.user == user or any(call.world.is_member(channel, user) for channel in file.channels)


def share(call: Call, conversation: Conversation, files: Sequence[File], comment: str) -> Message:
    """Post files with a comment, as the caller: Slack's `file_share` message."""
    text = as_stored(comment)
    if call.caller.type == "user":
        fields: Json = {"blocks": (rich_text(text),) if text else ()}
    else:
        given = None if comment else call.arguments.objects("blocks", "invalid_blocks_format")
        fields = {"bot_id": call.app.bot_id, "blocks": checked_blocks(given or ())}
    for file in files:
        call.world.files.note_shared(file.id, conversation.id)
    thread_ts, _ = thread_of(call, conversation)
    ids = tuple(file.id for file in files)
    extra = {"upload": call.caller.type == "user", "display_as_bot": False}
    user = call.caller.user_id
    more = fields | {"thread_ts": thread_ts, "subtype": "file_share", "files": ids, "extra": extra}
    return call.world.post(conversation.id, user, text, **more)


def _length(call: Call) -> int:
    try:
        return int(call.arguments.required("length"))
    except ValueError:
        raise SlackError.invalid("invalid_arguments", "must be an integer: length") from None


def _channels(call: Call) -> Sequence[str]:
    one = call.arguments.text("channel_id")
    return [one] if one else call.arguments.names("channels")


def _target(call: Call, name: str) -> Conversation:
    """Where to share: `invalid_channel` and `posting_to_channel_denied` are those of the method page."""
    world = call.world
    conversation = world.open_direct((call.caller.user_id, name)) if name in world.users else world.conversation(name)
    if conversation is None or hidden(call, conversation):
        raise SlackError("invalid_channel")
    if conversation.is_archived or not world.is_member(conversation.id, call.caller.user_id):
        raise SlackError("posting_to_channel_denied")
    return conversation
