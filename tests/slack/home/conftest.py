"""A bot that shows people threads which a test makes up, in the local workspace."""

import logging
from collections.abc import AsyncIterator

import pytest

from chathakase.core.listing import ListedThread
from chathakase.core.types import SessionId
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from chathakase.slack.diagnostics.needs import COMMANDS, SHORTCUTS
from tests.places import slack_place
from tests.slack.socket_mode.listening import ConnectedBot, listening

GENERAL = "C0GENERAL1"


@pytest.fixture
async def workspace(outside: None) -> AsyncIterator[Workspace]:
    async with open_workspace(seed=1, commands=COMMANDS, shortcuts=SHORTCUTS) as opened:
        yield opened


@pytest.fixture
async def bot(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> AsyncIterator[ConnectedBot]:
    caplog.set_level(logging.INFO, logger="chathakase")
    async with listening(workspace.api_url, workspace.bot_token, workspace.app_token) as opened:
        await workspace.wait_for_socket()
        opened.overviews.threads = [thread(1), thread(2)]
        yield opened


@pytest.fixture
def alice(people: dict[str, PersonClient]) -> PersonClient:
    return people["alice"]


def thread(number: int, title: str = "Tea") -> ListedThread:
    place = slack_place(GENERAL, f"1700000000.{number:06}")
    return ListedThread(
        session=SessionId(f"session{number}"),
        place=place,
        title=title,
        agent="",
        owner="",
        messages=2,
        exchanges=1,
        last=None,
        active=0,
        archived=False,
        is_last_used=False,
    )
