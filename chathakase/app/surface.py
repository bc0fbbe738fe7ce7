"""Opens Slack's outward half."""

from contextlib import AsyncExitStack
from time import monotonic

from chathakase.config import Settings
from chathakase.core.errors import StartError
from chathakase.core.types import Streaming
from chathakase.slack.delivery.attachment import Attachments
from chathakase.slack.delivery.outbox import Outbox
from chathakase.slack.delivery.reply import Delivery
from chathakase.slack.delivery.status import Statuses
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb
from chathakase.slack.web.limits import read_limits
from chathakase.slack.web.pace import Pace


def open_calls(settings: Settings, web: SlackWeb) -> Calls:
    """The one way to Slack's Web API. Raises StartError when its limits are told in a way that cannot be read."""
    try:
        limits = read_limits(settings.chathakase_rate_limits)
    except ValueError as error:
        raise StartError(f"CHATHAKASE_RATE_LIMITS {error}.") from error
    return Calls(web.client, Pace(monotonic, limits), monotonic)


def open_surface(
    stack: AsyncExitStack, settings: Settings, web: SlackWeb, calls: Calls, people: People
) -> SlackSurface:
    """Slack as the engine sees it."""
    statuses = Statuses(calls)
    stack.push_async_callback(statuses.close)
    outbox = Outbox(calls, bot=web.identity.user_id)
    delivery = Delivery(
        outbox,
        Attachments(outbox, web.session),
        statuses,
        most_pages=settings.chathakase_max_pages,
        interim=settings.chathakase_streaming is not Streaming.OFF,
    )
    native = settings.chathakase_streaming is Streaming.NATIVE
    return SlackSurface(delivery, people, Places(calls, monotonic), url=web.identity.url, native=native)
