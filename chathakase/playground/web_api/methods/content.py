"""What a message says: its text, blocks, attachments and metadata, checked against Slack's limits."""

from __future__ import annotations

from dataclasses import dataclass

from chathakase.playground.content.block_checks import checked_blocks
from chathakase.playground.content.mrkdwn import as_stored
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json

MARKDOWN_TEXT_MOST = 12_000
"""Characters of `markdown_text` (chat.postMessage, chat.update)."""
ATTACHMENTS_MOST = 100


@dataclass(frozen=True, slots=True)
class Content:
    """The content that a call gave; None stands for an argument that was not passed."""

    text: str | None
    blocks: tuple[Json, ...] | None
    attachments: tuple[Json, ...] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be seen: no text beside spaces, no blocks, no attachments."""
        return not ((self.text or "").strip() or self.blocks or self.attachments)


def content_of(arguments: Arguments) -> Content:
    """The content of a message as the arguments give it; the errors are those of chat.postMessage and chat.update."""
    markdown = arguments.text("markdown_text")
    if markdown:
        return _from_markdown(arguments, markdown)
    blocks = arguments.objects("blocks", "invalid_blocks_format")
    attachments = arguments.objects("attachments", "invalid_attachments")
    if attachments is not None and len(attachments) > ATTACHMENTS_MOST:
        raise SlackError("too_many_attachments")
    return Content(
        text=as_stored(arguments.text("text")) if arguments.has("text") else None,
        blocks=None if blocks is None else checked_blocks(blocks),
        attachments=None if attachments is None else tuple(attachments),
        metadata=metadata_of(arguments),
    )


def _from_markdown(arguments: Arguments, markdown: str) -> Content:
    """Slack turns `markdown_text` into blocks of its own; here it stays one `markdown` block."""
    if arguments.has("text") or arguments.has("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_TEXT_MOST:
        raise SlackError("msg_too_long")
    blocks = checked_blocks([{"type": "markdown", "text": markdown}])
    return Content(as_stored(markdown), blocks, None, metadata_of(arguments))


def metadata_of(arguments: Arguments) -> Json | None:
    """The message's metadata; None if it was not passed, `invalid_metadata_format` if it is malformed."""
    metadata = arguments.object("metadata", "invalid_metadata_format")
    if not metadata:
        return metadata
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    return metadata
