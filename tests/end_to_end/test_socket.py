"""The connection to Slack on bad days: what Slack delivers again is answered, once, and it is not asked too often."""

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from time import monotonic

import pytest

from chathakase.engine.sessions import SessionManager
from chathakase.playground.journal import SocketOpened
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.slack.socket_mode.socket import open_socket
from chathakase.slack.socket_mode.socket_timing import SocketTiming
from tests.end_to_end.conftest import OpenBot, Thread
from tests.end_to_end.process import running

Start = Callable[..., Awaitable[Thread]]

SCALE = 1 / 300
TEN_MINUTES = 600 * SCALE
SCALED = SocketTiming(
    ping=4 * SCALE * 4,
    steady=60 * SCALE,
    first_wait=SCALE,
    longest_wait=60 * SCALE,
    slow_wait=60 * SCALE,
    remind=300 * SCALE,
)
"""The usual timing, three hundred times as fast."""


@pytest.fixture(autouse=True)
def scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chathakase.app.slack.open_socket", partial(open_socket, timing=SCALED))


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chathakase")


def opened(workspace: Workspace) -> int:
    return sum(isinstance(entry, SocketOpened) for entry in workspace.journal)


def deliveries(workspace: Workspace) -> Counter[str]:
    return Counter(each.envelope["payload"]["event_id"] for each in workspace.journal.envelopes())


async def each_answered_once(workspace: Workspace, threads: list[Thread]) -> None:
    for number, thread in enumerate(threads):
        await thread.answers(1, containing=f"question {number}", within=30)
    await workspace.until(lambda: workspace.pending_events == 0, 30)
    assert [len(thread.replies()) for thread in threads] == [1] * len(threads)


@pytest.mark.parametrize("ack_timeout", [30.0])
async def test_twenty_refreshes_under_traffic_lose_nothing_and_need_no_redelivery(
    workspace: Workspace,
    people: dict[str, PersonClient],
    general: str,
    start: Start,
    open_the_bot: OpenBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tireless = replace(SCALED, steady=0.0)
    monkeypatch.setattr("chathakase.app.slack.open_socket", partial(open_socket, timing=tireless))
    # Slack takes one message a second in one channel.
    places = cycle([(people[name], channel) for name in people for channel in ("general", "random", "@")])
    threads: list[Thread] = []
    async with open_the_bot():
        for number in range(20):
            await workspace.disconnect("refresh_requested")
            person, channel = next(places)
            threads.append(await start(f"@ChatHakase question {number}", person=person, channel=channel))
            await asyncio.gather(*(person.say("by the way", channel=general) for _ in range(3)))
            await workspace.until(lambda count=number + 2: opened(workspace) == count)  # type: ignore[misc]
        await each_answered_once(workspace, threads)
    assert set(deliveries(workspace).values()) == {1}
    assert len(workspace.journal.calls("apps.connections.open")) == 21


@pytest.mark.parametrize("retry_delays", [(0.0, 2.0, 4.0)], ids=["patient"])
@pytest.mark.parametrize("fault", ["nothing answers", "flapping"])
@pytest.mark.usefixtures("bot")
async def test_ten_minutes_of_outage_cost_no_answer(
    fault: str, workspace: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    if fault == "flapping":
        workspace.socket_faults.flapping = True
    else:
        workspace.socket_faults.refused = True
        workspace.faults.lose_call("apps.connections.open", times=10_000)
    ends = monotonic() + TEN_MINUTES
    workspace.drop_sockets()
    threads: list[Thread] = []
    while monotonic() < ends:
        threads.append(await start(f"@ChatHakase question {len(threads)}"))
        pause = min(ends, monotonic() + TEN_MINUTES / 8)
        await workspace.until(lambda: monotonic() > pause)  # noqa: B023
    assert len(workspace.journal.calls("apps.connections.open")) < 46
    await workspace.until(lambda: len(workspace.journal.calls("apps.connections.open")) > 6)
    workspace.faults.clear()
    workspace.socket_faults.clear()
    await each_answered_once(workspace, threads)
    assert "Reconnected to Slack" in caplog.text
    assert sum(record.levelno >= logging.WARNING and "socket" in record.name for record in _ours(caplog)) <= 4


def _ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.startswith("chathakase")]


@pytest.mark.usefixtures("bot")
async def test_a_silent_death_costs_no_answer(
    workspace: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    thread = await start("@ChatHakase one")
    await thread.answers(1)
    workspace.let_sockets_die()
    await thread.say("two")
    await thread.answers(2, containing="two")
    await workspace.until(lambda: workspace.pending_events == 0)
    assert len(thread.replies()) == 2
    assert "The socket was lost (it fell silent); opening it again" in caplog.text


@pytest.mark.parametrize("retry_delays", [(0.0, 2.0, 4.0)], ids=["patient"])
@pytest.mark.usefixtures("bot")
async def test_socket_mode_switched_off_and_on_costs_no_answer(
    workspace: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.socket_faults.turned_away = "link_disabled"
    await workspace.disconnect("link_disabled")
    await workspace.until(lambda: len(workspace.journal.calls("apps.connections.open")) == 4)
    thread = await start("@ChatHakase question 0")
    await workspace.until(lambda: len(workspace.journal.calls("apps.connections.open")) == 6)
    told = [record.getMessage() for record in _ours(caplog) if record.levelno >= logging.WARNING]
    assert sum("Socket Mode is switched off: switch it on in your app's settings" in text for text in told) == 1
    workspace.socket_faults.clear()
    await each_answered_once(workspace, [thread])


async def test_a_second_bot_with_the_same_token_is_told_of(
    open_the_bot: OpenBot, bot: SessionManager, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Another connection of this app is open" not in caplog.text
    async with open_the_bot(chathakase_database_url=f"sqlite:///{tmp_path / 'other.db'}"):
        assert caplog.text.count("Another connection of this app is open (2 in all)") == 1


async def test_the_process_comes_back_and_tells_it_in_plain_words(
    environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    async with running(environment, workspace, log) as process:
        workspace.drop_sockets()
        await workspace.wait_for_socket()
        thread = await start("@ChatHakase swordfish")
        await thread.answers(1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    said = log.read_text()
    assert "The socket was lost (it was cut off); opening it again" in said
    assert "Reconnected to Slack after" in said
    for secret in ("swordfish", "ticket", environment["SLACK_APP_TOKEN"], "Traceback"):
        assert secret not in said


async def test_the_process_ends_soon_though_slack_says_no_goodbye(
    environment: dict[str, str], workspace: Workspace, start: Start, tmp_path: Path
) -> None:
    # It would be ended by force five seconds later, with another exit code.
    async with running(environment | {"CHATHAKASE_GRACE": "0"}, workspace, tmp_path / "log") as process:
        await (await start("@ChatHakase hello")).answers(1)
        workspace.let_sockets_die()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
