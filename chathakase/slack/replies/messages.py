"""What the messages of a reply look like to Slack: their text, their blocks, and how they are found again. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chathakase.core.types import Place, TurnAction
from chathakase.slack.markdown.disguises import defused
from chathakase.slack.markdown.escaping import escape
from chathakase.slack.markdown.plain import LONGEST, notification
from chathakase.slack.own_messages import ACTION, METADATA, RunId

FOOTNOTES_MOST = 1_500
"""Characters of footnotes; a context block takes 3,000 in each of ten texts
(https://docs.slack.dev/reference/block-kit/blocks/context-block)."""

LABELS: Mapping[TurnAction, str] = {
    TurnAction.STOP: "Stop",
    TurnAction.RETRY: "Try again",
    TurnAction.CONTINUE: "Continue",
}


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands below the text of a reply."""

    offer: TurnAction | None = None
    """A button."""
    footnotes: tuple[str, ...] = ()
    """Lines of plain text in small."""


NOTHING = Footer()


@dataclass(frozen=True, slots=True)
class PageContent:
    """What people see of a message."""

    markdown: str
    footer: Footer = NOTHING


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a reply: where it belongs and what it says."""

    place: Place
    run_id: RunId
    number: int
    """Which page of the reply it is, from 0."""
    page_content: PageContent
    rich: bool = True
    """Whether to send blocks besides the plain text."""
    members: Collection[str] = field(default=())
    """Who may be mentioned."""
    named: bool = True
    """Whether to send what the message is found by."""

    def plainer(self) -> "Post":
        """The same without blocks, for a Slack that refuses them."""
        return replace(self, rich=False)

    def ever_plainer(self) -> "Sequence[Post]":
        """The same, then without blocks, then as nothing but text."""
        plainer = self.plainer()
        return (*((self,) if self.rich else ()), plainer, replace(plainer, named=False))

    @property
    def metadata(self) -> dict[str, Any]:
        """What the message is found by; see https://docs.slack.dev/messaging/message-metadata."""
        return {"event_type": METADATA, "event_payload": {"turn": self.run_id.turn, "page": self.number}}

    def body(self) -> dict[str, Any]:
        """The arguments that ``chat.postMessage`` and ``chat.update`` have in common."""
        body: dict[str, Any] = {"channel": self.place.channel, "text": self._text()}
        if self.named:
            body["metadata"] = self.metadata
        if self.rich:
            body["blocks"] = [{"type": "markdown", "text": self.page_content.markdown}, *self.footer()]
        return body

    def footer(self) -> list[dict[str, Any]]:
        """The blocks below the text: one with the footnotes and one with the button, as far as there are any."""
        return [*self._footnotes(), *self._buttons()]

    def _text(self) -> str:
        content = self.page_content
        footnotes = "".join(f"\n\n{escape(defused(each))}" for each in content.footer.footnotes)[:FOOTNOTES_MOST]
        return notification(content.markdown, self.members, most=LONGEST - len(footnotes)) + footnotes

    def _footnotes(self) -> Iterator[dict[str, Any]]:
        if footnotes := self.page_content.footer.footnotes:
            texts = [{"type": "plain_text", "text": each[:FOOTNOTES_MOST], "emoji": False} for each in footnotes]
            yield {"type": "context", "elements": texts}

    def _buttons(self) -> Iterator[dict[str, Any]]:
        action = self.page_content.footer.offer
        if action is None:
            return
        button = {
            "type": "button",
            "action_id": ACTION.format(action),
            "text": {"type": "plain_text", "text": LABELS[action]},
            "value": self.run_id.value,
        }
        yield {"type": "actions", "block_id": "chathakase", "elements": [button]}


def is_page(message: Mapping[str, Any], post: Post) -> bool:
    """Whether a message that Slack holds is this page."""
    metadata = message.get("metadata")
    return isinstance(metadata, Mapping) and metadata.get("event_payload") == post.metadata["event_payload"]
