"""The addresses of messages, and what places are called in a text on Slack. Pure."""

from chathakase.core.types import DIRECT_MESSAGE, Place
from chathakase.slack.direct import is_direct


class MessageAddresses:
    """Those of a workspace."""

    def __init__(self, url: str) -> None:
        """``url`` is the workspace's own, with its closing slash; empty where Slack does not tell."""
        self._url = url

    def link(self, place: Place, ref: str) -> str:
        """The address of a message, as https://docs.slack.dev/reference/methods/chat.getPermalink would give it.

        Empty where Slack does not tell the workspace's.
        """
        if not self._url:
            return ""
        ref = ref or place.thread
        message = f"{self._url}archives/{place.channel}/p{ref.replace('.', '')}"
        return message if ref == place.thread else f"{message}?thread_ts={place.thread}&cid={place.channel}"

    def describe(self, place: Place) -> str:
        """A link to a channel, which Slack shows by name to those who may see it."""
        return DIRECT_MESSAGE if is_direct(place.channel) else f"<#{place.channel}>"
