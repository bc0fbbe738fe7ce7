"""A bare Slack, and the local one, each with a bot that listens."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.socket_mode.socket_timing import SocketTiming
from tests.slack.socket_mode.bare_slack import BareSlack, open_bare_slack
from tests.slack.socket_mode.listening import QUICK, ConnectedBot, listening

Listen = Callable[..., AbstractAsyncContextManager[ConnectedBot]]


@pytest.fixture
async def slack(outside: None) -> AsyncIterator[BareSlack]:
    async with open_bare_slack() as opened:
        yield opened


@pytest.fixture
async def listener(slack: BareSlack) -> AsyncIterator[ConnectedBot]:
    """A bot that listens to the bare Slack."""
    async with listening(slack.api_url) as opened:
        yield opened


@pytest.fixture
async def workspace(outside: None) -> AsyncIterator[Workspace]:
    """It waits for an acknowledgement as long as Slack does, so that a busy machine is no trouble."""
    async with open_workspace(seed=1, ack_timeout=3.0) as opened:
        yield opened


@pytest.fixture
def listen(workspace: Workspace) -> Listen:
    """Open a bot that listens to the local workspace."""

    def opened(timing: SocketTiming = QUICK) -> AbstractAsyncContextManager[ConnectedBot]:
        return listening(workspace.api_url, workspace.bot_token, workspace.app_token, timing)

    return opened
