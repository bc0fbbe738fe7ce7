"""Slack closes sockets every few hours: the next one is open before."""

from dataclasses import replace

import pytest
from aiohttp import web

from chathakase.playground.journal import EnvelopeSent
from chathakase.playground.server import Workspace
from tests.slack.socket_mode.bare_slack import BareSlack, BareSocket, greet
from tests.slack.socket_mode.conftest import Listen
from tests.slack.socket_mode.listening import QUICK, ConnectedBot, listening

TIRELESS = replace(QUICK, steady=0.0)
"""Counts every socket as a good one, however short it lived."""


def disconnect(reason: object) -> dict[str, object]:
    return {"type": "disconnect", "reason": reason}


@pytest.mark.parametrize(
    "reason", ["warning", "refresh_requested", "link_disabled", "from_the_future", None, {"odd": 1}]
)
async def test_the_next_socket_is_open_before_the_old_one_closes(
    reason: object, slack: BareSlack, listener: ConnectedBot
) -> None:
    await slack.lines[0].send(disconnect(reason))
    await listener.until(lambda: listener.gaps == [0.0])
    old, new = slack.lines
    assert not old.closed.is_set()
    await old.event(1)
    await new.event(2)
    await listener.until(lambda: sorted(listener.texts) == ["1", "2"])
    await listener.until(lambda: old.acks == ["e1"] and new.acks == ["e2"])
    await old.ws.close()
    await listener.until(lambda: old.closed.is_set())
    assert listener.connection.is_connected
    assert len(slack.asked) == 2


async def test_a_replaced_socket_that_slack_forgets_is_closed_after_a_while(slack: BareSlack) -> None:
    async with listening(slack.api_url, timing=replace(QUICK, drain=0.3)) as listener:
        await slack.lines[0].send(disconnect("warning"))
        await listener.until(lambda: len(slack.lines) == 2)
        await slack.lines[0].event(1)
        await listener.until(slack.lines[0].closed.is_set)
        assert (slack.lines[0].acks, listener.texts) == (["e1"], ["1"])
        assert len(slack.open) == 1


async def test_a_warning_and_then_a_refresh_are_one_replacement(slack: BareSlack, listener: ConnectedBot) -> None:
    await slack.lines[0].send(disconnect("warning"))
    await listener.until(lambda: listener.gaps)
    await slack.lines[0].send(disconnect("refresh_requested"))
    await slack.lines[0].ws.close()
    await slack.lines[1].event(1)
    await listener.until(lambda: listener.texts)
    assert len(slack.asked) == 2
    assert listener.gaps == [0.0]


async def test_a_socket_that_is_to_be_replaced_right_after_its_hello_loses_nothing(
    slack: BareSlack, listener: ConnectedBot
) -> None:
    async def greet_and_refresh(line: BareSocket) -> None:
        await greet(line)
        if len(slack.lines) == 2:
            await line.event(1)
            await line.send(disconnect("refresh_requested"))

    listener.hold.clear()
    slack.manner = greet_and_refresh
    await slack.lines[0].send(disconnect("refresh_requested"))
    await listener.until(lambda: len(slack.lines) == 3)
    listener.hold.set()
    await listener.until(lambda: slack.lines[1].acks == ["e1"])
    assert listener.texts == ["1"]
    assert len(slack.asked) == 3


async def test_the_old_socket_closes_first_where_there_are_too_many(slack: BareSlack, listener: ConnectedBot) -> None:
    open_then: list[int] = []

    async def greet(line: BareSocket) -> None:
        open_then.append(len(slack.open))
        await line.send({"type": "hello", "num_connections": 1})

    slack.manner = greet
    await slack.lines[0].send(disconnect("too_many_websockets"))
    await listener.until(lambda: listener.gaps)
    assert open_then == [1]
    assert slack.lines[0].closed.is_set()


async def test_an_answer_goes_where_the_question_came_from_or_else_to_the_newest(
    slack: BareSlack, listener: ConnectedBot
) -> None:
    listener.hold.clear()
    old = slack.lines[0]
    await old.event(1)
    await listener.until(lambda: listener.waiting == 1)
    await old.send(disconnect("refresh_requested"))
    await listener.until(lambda: listener.gaps)
    await old.ws.close()
    await listener.until(old.closed.is_set)
    listener.hold.set()
    await listener.until(lambda: slack.lines[1].acks == ["e1"])
    assert old.acks == []


async def test_a_new_socket_that_is_not_to_be_had_leaves_the_old_one_at_work(
    slack: BareSlack, listener: ConnectedBot
) -> None:
    slack.answer = _broken
    await slack.lines[0].send(disconnect("warning"))
    await listener.until(lambda: len(slack.asked) >= 4)
    await slack.lines[0].event(1)
    await listener.until(lambda: slack.lines[0].acks == ["e1"])
    assert listener.connection.is_connected
    slack.answer = None
    await listener.until(lambda: listener.gaps == [0.0])


def _broken() -> web.Response:
    return web.Response(status=500)


async def test_twenty_refreshes_under_traffic_need_no_redelivery(workspace: Workspace, listen: Listen) -> None:
    said: list[str] = []
    async with listen(TIRELESS) as listener, workspace.person("alice") as alice:
        direct = alice.direct_message().id
        for number in range(20):
            await workspace.disconnect("refresh_requested")
            while len(listener.gaps) <= number:
                said.append(str(len(said)))
                await alice.say(said[-1], channel=direct)
        await workspace.until(lambda: workspace.pending_events == 0)
        assert listener.gaps == [0.0] * 20
    assert sorted(listener.texts, key=int) == said
    sent = [entry.envelope["payload"]["event_id"] for entry in workspace.journal if isinstance(entry, EnvelopeSent)]
    assert len(sent) == len(set(sent)) == len(said) >= 20
