"""A socket closes soon, whatever Slack does, and leaves nothing."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from chathakase.slack.socket_mode.socket_timing import USUAL, SocketTiming
from tests.slack.socket_mode.bare_slack import BareSlack, BareSocket, greet, refused
from tests.slack.socket_mode.listening import QUICK, ConnectedBot, listening

pytestmark = pytest.mark.long

SOON = 2.5
NEVER = replace(USUAL, finish=60.0, goodbye=60.0, first_wait=60.0, longest_wait=60.0)
"""A timing that is seen when anything is waited for."""
Deed = Callable[[BareSlack, ConnectedBot], Awaitable[object]]


@asynccontextmanager
async def timed(slack: BareSlack, most: float = SOON, timing: SocketTiming = USUAL) -> AsyncIterator[ConnectedBot]:
    """A bot whose end must come soon."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(listening(slack.api_url, timing=timing))
        began = monotonic()
        await stack.aclose()
        assert monotonic() - began < most


async def test_it_closes_at_once_when_all_is_well(slack: BareSlack) -> None:
    async with timed(slack, most=20, timing=NEVER):
        pass
    assert slack.open == []


async def test_it_does_not_wait_long_for_a_goodbye(slack: BareSlack) -> None:
    async with timed(slack):
        slack.lines[0].fall_silent()


async def test_it_closes_while_it_opens_another(slack: BareSlack) -> None:
    hold = asyncio.Event()

    async def say_nothing(_: BareSocket) -> None:
        await hold.wait()

    async with timed(slack) as listener:
        slack.manner = say_nothing
        slack.lines[0].transport.abort()
        await listener.until(lambda: len(slack.lines) == 2)
    hold.set()
    await listener.until(lambda: not slack.open)


async def test_it_closes_while_it_waits_for_the_next_try(slack: BareSlack) -> None:
    async with timed(slack, most=20, timing=NEVER) as listener:
        slack.answer = refused("invalid_auth")
        slack.lines[0].transport.abort()
        await listener.until(lambda: len(slack.asked) == 2)


async def test_it_closes_with_an_old_socket_still_open(slack: BareSlack) -> None:
    async with timed(slack) as listener:
        await slack.lines[0].send({"type": "disconnect", "reason": "warning"})
        await listener.until(lambda: listener.gaps)
        for line in slack.lines:
            line.fall_silent()


async def test_it_closes_while_an_old_socket_is_being_closed(slack: BareSlack) -> None:
    async with listening(slack.api_url, timing=replace(USUAL, drain=0.05)) as listener:
        await slack.lines[0].send({"type": "disconnect", "reason": "warning"})
        await listener.until(lambda: listener.gaps)
        slack.lines[0].fall_silent()
        enough = monotonic() + 0.3
        await listener.until(lambda: monotonic() > enough)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("socket")]


async def test_what_is_under_way_is_acknowledged_before(slack: BareSlack) -> None:
    async with timed(slack) as listener:
        listener.hold.clear()
        await slack.lines[0].event(1)
        await listener.until(lambda: listener.waiting == 1)
        asyncio.get_running_loop().call_later(0.2, listener.hold.set)
    assert slack.lines[0].acks == ["e1"]
    assert listener.texts == ["1"]


async def test_what_hangs_is_given_up_and_not_acknowledged(slack: BareSlack) -> None:
    async with timed(slack) as listener:
        listener.hold.clear()
        await slack.lines[0].event(1)
        await listener.until(lambda: listener.waiting == 1)
    assert (listener.waiting, listener.heard, slack.lines[0].acks) == (0, [], [])


async def test_what_comes_in_at_the_end_is_left_to_be_delivered_again(slack: BareSlack) -> None:
    async with timed(slack) as listener:
        listener.hold.clear()
        await slack.lines[0].event(1)
        await listener.until(lambda: listener.waiting == 1)

        async def late() -> None:
            await asyncio.sleep(0.1)
            await slack.lines[0].event(2)
            await asyncio.sleep(0.1)
            listener.hold.set()

        speaking = asyncio.create_task(late())
    await speaking
    assert slack.lines[0].acks == ["e1"]
    assert listener.texts == ["1"]


async def nothing(_: BareSlack, __: ConnectedBot) -> None:
    pass


async def refresh(slack: BareSlack, listener: ConnectedBot) -> None:
    await slack.lines[-1].send({"type": "disconnect", "reason": "warning"})
    await listener.until(lambda: listener.gaps)


async def loss(slack: BareSlack, listener: ConnectedBot) -> None:
    slack.lines[-1].transport.abort()
    await listener.until(lambda: listener.gaps)


async def death(slack: BareSlack, _: ConnectedBot) -> None:
    slack.lines[-1].fall_silent()


async def outage(slack: BareSlack, listener: ConnectedBot) -> None:
    slack.answer = refused("internal_error")
    slack.lines[-1].transport.abort()
    await listener.until(lambda: not listener.connection.is_connected)


async def event(slack: BareSlack, listener: ConnectedBot) -> None:
    await slack.lines[-1].event(1)
    await listener.until(lambda: listener.texts)


@pytest.mark.parametrize("deed", [nothing, refresh, loss, death, outage, event])
async def test_nothing_is_left_after_fifty_openings(deed: Deed, slack: BareSlack) -> None:
    async def once() -> None:
        slack.answer = None
        async with listening(slack.api_url, timing=replace(QUICK, goodbye=0.05)) as listener:
            await deed(slack, listener)
        for line in slack.open:
            line.transport.abort()
        await listener.until(lambda: not slack.open)

    def left() -> tuple[int, int, int]:
        gc.collect()
        return len(asyncio.all_tasks()), threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    await once()
    before = left()
    for _ in range(50):
        await once()
        assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("socket")]
    # The server's own ends may take a moment more.
    await ConnectedBot().until(lambda: all(now <= then for now, then in zip(left(), before, strict=True)))


async def test_a_refused_start_leaves_nothing(slack: BareSlack) -> None:
    async def hang_up(line: BareSocket) -> None:
        line.transport.abort()

    slack.manner = hang_up
    before = asyncio.all_tasks()
    for _ in range(5):
        with pytest.raises(Exception, match="refused the socket"):
            async with listening(slack.api_url):
                pass
    assert not {task for task in asyncio.all_tasks() - before if task.get_name().startswith("socket")}
    slack.manner = greet
