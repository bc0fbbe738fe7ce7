"""What the bot has of Slack, on the local workspace, with no engine behind it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from time import monotonic

import pytest

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.message_addresses import MessageAddresses
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.replies.attachment import Attachments
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.replies.reply import ReplyTools
from chathakase.slack.replies.status import Statuses
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb, open_web
from chathakase.slack.web.rate_limiter import RateLimiter
from tests.slack.homes import open_home


@pytest.fixture
async def web(workspace: Workspace) -> AsyncIterator[SlackWeb]:
    async with open_web(token=workspace.bot_token, api_url=workspace.api_url, call_timeout=5.0) as opened:
        yield opened


@pytest.fixture
def calls(web: SlackWeb) -> Calls:
    return Calls(web.client, RateLimiter(monotonic), monotonic)


@pytest.fixture
async def people(workspace: Workspace) -> AsyncIterator[dict[str, PersonClient]]:
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(workspace.person(name)) for name in ("alice", "bob", "carol")}


@pytest.fixture
async def surface(web: SlackWeb, calls: Calls) -> AsyncIterator[SlackSurface]:
    outbox, statuses = Outbox(calls, bot=web.identity.user_id), Statuses(calls)
    tools = ReplyTools(outbox, Attachments(outbox, web.session), statuses, most_pages=5, interim=True)
    people, places = People(web.client, monotonic, identity=web.identity), Places(calls, monotonic)
    addresses = MessageAddresses(web.identity.url)
    async with open_home(web.identity, calls) as home:
        yield SlackSurface(tools, people, places, home, addresses, native=False)
    await statuses.close()
