"""The bot's way out to a Slack in memory, and a thread in which somebody waits for an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from chathakase.clock import monotonic
from chathakase.core.errors import DeliveryError
from chathakase.core.types import Place
from chathakase.playground.world.values import Message
from chathakase.slack.own_messages import RunId
from chathakase.slack.replies.attachment import Attachments
from chathakase.slack.replies.messages import NOTHING, Footer, PageContent, Post
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.replies.page_writer import Origin, PageWriter
from chathakase.slack.replies.reply import ReplyTools, SlackReply
from chathakase.slack.replies.status import Statuses
from chathakase.slack.replies.streamed import StreamedReply
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import RateLimiter
from chathakase.slack.web.rate_limits import LIMITS, Limit
from tests.doubles.slack_web import BEGAN, SlackInMemory
from tests.places import slack_place

GENERAL, DIRECT, ALICE, BOT = "C0GENERAL1", "D0ALICE001", "U0ALICE001", "U0HAKASE01"
POST, EDIT, DELETE, READ = "chat.postMessage", "chat.update", "chat.delete", "conversations.replies"
STATUS = "assistant.threads.setStatus"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
THINKING = "is thinking…"
RUN_ID = RunId("ab12", 1)
PARAGRAPH = "Some words that fill a page, and some more. " * 20 + "\n\n"


class Desk:
    """Everything that delivers, with the loop's clock, on a Slack in memory."""

    def __init__(self, *, limits: Mapping[str, Limit] = LIMITS, most_pages: int = 5, interim: bool = True) -> None:
        self.slack = SlackInMemory()
        self.rate_limiter = RateLimiter(monotonic, limits)
        self.calls = Calls(self.slack.client, self.rate_limiter, monotonic)
        self.outbox = Outbox(self.calls, bot=BOT)
        self.statuses = Statuses(self.calls)
        attachments = Attachments(self.outbox, self.slack.session)
        self.tools = ReplyTools(self.outbox, attachments, self.statuses, most_pages=most_pages, interim=interim)
        self.faults = self.slack.faults
        self.place = self.asked()

    def asked(self, channel: str = GENERAL) -> Place:
        """Another thread in which somebody has asked something."""
        return slack_place(channel, self.slack.world.post(channel, ALICE, "hi").ts)

    def origin(self, place: Place | None = None, **changes: Any) -> Origin:
        return Origin(place or self.place, RUN_ID, **changes)

    def reply(self, place: Place | None = None, **changes: Any) -> SlackReply:
        return SlackReply(self.tools, self.origin(place, **changes))

    def streamed(self, place: Place, **changes: Any) -> StreamedReply:
        return StreamedReply(self.tools, self.origin(place, streams=True, **changes))

    def writer(self, **changes: Any) -> PageWriter:
        return PageWriter(self.outbox, self.origin(**changes), frozenset())

    def post(self, markdown: str, number: int = 0, footer: Footer = NOTHING) -> Post:
        return Post(self.place, RUN_ID, number, PageContent(markdown, footer))

    def messages(self, place: Place | None = None) -> Sequence[Message]:
        """What the bot has written in a thread."""
        place = place or self.place
        timeline = self.slack.world.timeline(place.channel)
        found = [timeline.get(ts) for ts in timeline.with_replies(place.thread)]
        return [message for message in found if message is not None and message.user == BOT]

    def shown(self, place: Place | None = None) -> Sequence[str]:
        """What people read in each of them."""
        return [_shown(message) for message in self.messages(place)]

    def status(self, place: Place | None = None) -> str:
        """What stands beneath a thread."""
        place = place or self.place
        shown = self.slack.world.statuses.get(place.channel, place.thread)
        return shown.status if shown else ""

    def times(self, method: str, *, ok: bool | None = None) -> Sequence[float]:
        """When calls of a method were answered, in seconds of the clock; only those that Slack took, or did not."""
        calls = self.slack.journal.calls(method)
        return [round(call.at - BEGAN, 3) for call in calls if ok is None or call.ok is ok]

    def errors(self) -> Sequence[str]:
        """What Slack has refused, in order."""
        return [f"{call.method} {call.error}" for call in self.slack.journal.calls() if not call.ok]


def _shown(message: Message) -> str:
    return "".join(block["text"] for block in message.blocks if block["type"] == "markdown") or message.text


async def failure(made: Any) -> DeliveryError:
    """The error with which something is given up."""
    try:
        await made
    except DeliveryError as error:
        return error
    raise AssertionError("it was delivered")


async def grow(reply: SlackReply, *texts: str) -> None:
    """Show texts as the engine does, whenever Slack can take the next."""
    for text in texts:
        await reply.ready()
        await reply.show(text)
