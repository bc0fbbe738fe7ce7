"""A file as the JSON that Slack sends (slackapi/java-slack-sdk, json-logs/samples/api/files.info.json)."""

from __future__ import annotations

from urllib.parse import quote

from chathakase.playground.world.values import Json, Message
from chathakase.playground.world.workspace_files import File
from chathakase.playground.world.world import World


def file_json(world: World, file: File) -> Json:
    """A file as `files.info` and messages give it."""
    url = f"{world.files.base}/files/{file.id}/{quote(file.name, safe='')}"
    payload: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.filetype.upper(),
        "user": file.user,
        "user_team": world.team.id,
        "editable": file.is_text,
        "size": file.size,
        "mode": "snippet" if file.is_text else "hosted",
        "non_owner_editable": False,
        "is_external": False,
        "external_type": "",
        "is_public": any(_type(world, channel) == "channel" for channel in file.channels),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "is_starred": False,
        "has_rich_preview": False,
        "media_display_type": "unknown",
        "file_access": "visible",
    }
    return payload | ({"alt_txt": file.alt_text} if file.alt_text else {})


def file_json_with_places(world: World, file: File) -> Json:
    """A file with the conversations in which it was shared, by their kinds."""
    places: Json = {"channels": [], "groups": [], "ims": []}
    for channel in file.channels:
        kind = _type(world, channel)
        places["channels" if kind == "channel" else "ims" if kind == "im" else "groups"].append(channel)
    return file_json(world, file) | places | {"shares": _shares(world, file), "has_more_shares": False}


def _shares(world: World, file: File) -> Json:
    """The messages with a file, by whether their conversations are public."""
    shares: Json = {}
    for channel in file.channels:
        conversation = world.conversation(channel)
        kind = "public" if conversation and conversation.type == "channel" else "private"
        shared = [each for each in world.timeline(channel).messages() if file.id in each.files]
        shares.setdefault(kind, {})[channel] = [_share(world, each) for each in shared]
    return shares


def _share(world: World, message: Message) -> Json:
    thread = world.timeline(message.channel).thread(message.thread_ts or message.ts)
    conversation = world.conversation(message.channel)
    share: Json = {
        "reply_users": list(thread.users) if thread else [],
        "reply_users_count": len(thread.users) if thread else 0,
        "reply_count": len(thread.replies) if thread else 0,
        "ts": message.ts,
        "channel_name": conversation.name if conversation else "",
        "team_id": world.team.id,
        "share_user_id": message.user,
    }
    return share | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def files_json(world: World, file_ids: tuple[str, ...]) -> list[Json]:
    """The files of a message; one that is gone is a tombstone."""
    found = [(file_id, world.files.get(file_id)) for file_id in file_ids]
    return [file_json(world, file) if file else {"id": file_id, "mode": "tombstone"} for file_id, file in found]


def _type(world: World, channel: str) -> str:
    conversation = world.conversation(channel)
    return conversation.type if conversation else ""
