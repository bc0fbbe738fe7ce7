"""What shows people their threads, for tests with no engine behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.home.slack_home import SlackHome
from chathakase.slack.message_addresses import MessageAddresses
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.identity import Identity


def home_of(identity: Identity, calls: Calls) -> SlackHome:
    """One that is to be closed if anything is to be shown."""
    addresses, outbox = MessageAddresses(identity.url), Outbox(calls, bot=identity.user_id)
    links = PlaceLinks(addresses.link, addresses.describe)
    people, places = People(calls.client, monotonic, identity=identity), Places(calls, monotonic)
    return SlackHome(calls, identity, people, places, links, monotonic, tell=outbox.tell)


@asynccontextmanager
async def open_home(identity: Identity, calls: Calls) -> AsyncIterator[SlackHome]:
    home = home_of(identity, calls)
    yield home
    await home.close()
