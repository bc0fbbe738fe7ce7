"""What the bot has of Slack, on the local workspace, with no engine behind it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from time import monotonic

import pytest

from chathakase.playground.person import Person
from chathakase.playground.server import Workspace
from chathakase.slack.delivery.attachment import Attachments
from chathakase.slack.delivery.outbox import Outbox
from chathakase.slack.delivery.reply import Delivery
from chathakase.slack.delivery.status import Statuses
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb, open_web
from chathakase.slack.web.pace import Pace


@pytest.fixture
async def web(workspace: Workspace) -> AsyncIterator[SlackWeb]:
    async with open_web(token=workspace.bot_token, api_url=workspace.api_url, call_timeout=5.0) as opened:
        yield opened


@pytest.fixture
def calls(web: SlackWeb) -> Calls:
    return Calls(web.client, Pace(monotonic), monotonic)


@pytest.fixture
async def people(workspace: Workspace) -> AsyncIterator[dict[str, Person]]:
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(workspace.person(name)) for name in ("alice", "bob", "carol")}


@pytest.fixture
async def surface(web: SlackWeb, calls: Calls) -> AsyncIterator[SlackSurface]:
    outbox, statuses = Outbox(calls, bot=web.identity.user_id), Statuses(calls)
    delivery = Delivery(outbox, Attachments(outbox, web.session), statuses, most_pages=5, interim=True)
    people, places = People(web.client, monotonic, team=web.identity.team_id), Places(calls, monotonic)
    yield SlackSurface(delivery, people, places, url=web.identity.url, native=False)
    await statuses.close()
