"""Another connection of the same app takes events away: it is noticed, and told."""

import logging

import aiohttp
import pytest

from chathakase.playground.server import Workspace
from tests.playground.clients import app_socket
from tests.slack.socket_mode.bare_slack import BareSlack, BareSocket
from tests.slack.socket_mode.conftest import Listen
from tests.slack.socket_mode.listening import ConnectedBot, listening


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chathakase")


async def test_another_connection_is_told_once_and_so_is_its_end(
    workspace: Workspace, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session, listen() as listener:

        async def refresh() -> None:
            already = len(listener.gaps)
            await workspace.disconnect("refresh_requested")
            await workspace.until(lambda: len(listener.gaps) > already)

        assert listener.connection.consumers == 1
        async with app_socket(workspace, session) as other:
            await workspace.disconnect("warning")
            await workspace.until(lambda: listener.gaps)
            assert (await other.envelope())["reason"] == "warning"
            assert listener.connection.consumers == 2
            assert caplog.text.count("Another connection of this app is open (2 in all)") == 1
        await workspace.until(lambda: workspace.sockets == 2)
        await refresh()
        assert listener.connection.consumers == 1
        assert caplog.text.count("The other connections of this app are gone") == 1
        await refresh()
    assert caplog.text.count("Another connection of this app is open") == 1


async def test_one_that_was_there_before_is_told_at_start(
    workspace: Workspace, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session, app_socket(workspace, session), listen() as listener:
        assert listener.connection.consumers == 2
        assert "another process may be answering half of the messages" in caplog.text


async def test_our_own_sockets_are_no_others(workspace: Workspace, listen: Listen) -> None:
    async with listen() as listener:
        for number in range(5):
            await workspace.disconnect("refresh_requested")
            await workspace.until(lambda count=number + 1: len(listener.gaps) == count)  # type: ignore[misc]
            assert listener.connection.consumers == 1


async def test_a_socket_that_died_in_silence_is_no_other(workspace: Workspace, listen: Listen) -> None:
    async with listen() as listener:
        workspace.let_sockets_die()
        await workspace.until(lambda: listener.gaps)
        assert workspace.sockets == 2
        assert listener.connection.consumers == 1


@pytest.mark.parametrize("count", ["many", None, -1, 0, True, 10**30])
async def test_an_odd_count_breaks_nothing(count: object, slack: BareSlack) -> None:
    async def greet(line: BareSocket) -> None:
        await line.send({"type": "hello", "num_connections": count})

    slack.manner = greet
    async with listening(slack.api_url) as listener:
        assert listener.connection.is_connected
        assert listener.connection.consumers >= 1
        await slack.lines[0].event(1)
        await listener.until(lambda: listener.texts == ["1"])


async def test_a_slack_that_counts_nothing_leaves_what_is_known(slack: BareSlack, listener: ConnectedBot) -> None:
    async def greet(line: BareSocket) -> None:
        await line.send({"type": "hello"})

    slack.manner = greet
    slack.lines[0].transport.abort()
    await listener.until(lambda: listener.gaps)
    assert listener.connection.consumers == 1
