"""Socket Mode: tickets, greetings, acknowledgements, redelivery and reconnection."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.playground import NoLimits, Workspace, demo_world, open_workspace
from chathakase.playground.journal import FrameSent, SocketClosed, SocketOpened
from chathakase.playground.person import PersonClient
from tests.playground.clients import ALICE, GENERAL, AppSocket, app_socket, error_of, impatient, socket_url

pytestmark = pytest.mark.usefixtures("outside")


async def test_a_connection_is_greeted(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    async with app_socket(workspace, session) as app:
        assert app.hello["type"] == "hello"
        assert app.hello["num_connections"] == 1
        assert app.hello["connection_info"] == {"app_id": "A0HAKASE01"}
        assert app.hello["debug_info"]["approximate_connection_time"] > 3_600
        await workspace.wait_for_socket()
        assert workspace.sockets == 1
    await workspace.until(lambda: workspace.sockets == 0)


async def test_a_ticket_opens_one_connection(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    url = await socket_url(workspace, session)
    assert url.startswith("ws://127.0.0.1:")
    assert "app_id=A0HAKASE01" in url
    async with session.ws_connect(url):
        pass
    for bad in (url, url.replace("ticket=", "ticket=x")):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(bad)


async def test_connections_are_opened_by_post(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    client = AsyncWebClient(token=workspace.app_token, base_url=workspace.api_url, session=session)
    get = client.api_call("apps.connections.open", http_verb="GET")
    assert await error_of(get) == "insecure_request"
    unknown = AsyncWebClient(token="xapp-wrong", base_url=workspace.api_url, session=session)
    assert await error_of(unknown.apps_connections_open(app_token="xapp-wrong")) == "invalid_auth"


async def test_the_eleventh_connection_is_turned_away(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    async with AsyncExitStack() as stack:
        for number in range(10):
            app = await stack.enter_async_context(app_socket(workspace, session))
            assert app.hello["num_connections"] == number + 1
        async with session.ws_connect(await socket_url(workspace, session)) as eleventh:
            frame = await eleventh.receive_json(timeout=20)
            assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
            assert (await eleventh.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
        assert workspace.sockets == 10


async def test_each_envelope_goes_to_one_connection_and_all_get_some(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as one, app_socket(workspace, session) as two:
        readers = [asyncio.create_task(_acknowledge(app)) for app in (one, two)]
        for number in range(20):
            await alice.say(str(number))
        await workspace.until(lambda: workspace.pending_events == 0)
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        assert {sent.socket for sent in workspace.journal.envelopes()} == {1, 2}
        assert len(workspace.journal.envelopes()) == len(workspace.journal.acks()) == 20


async def _acknowledge(app: AppSocket) -> None:
    while True:
        await app.envelope()


async def test_an_ack_may_carry_a_payload_and_nonsense_is_overlooked(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        await app.ws.send_str("nonsense")
        await app.ws.send_str("[]")
        await app.ws.send_str('{"envelope_id": "unknown"}')
        await alice.say("hello")
        envelope = await app.envelope(ack=False)
        await app.ack(envelope, payload={"text": "thanks"})
        await workspace.until(lambda: workspace.pending_events == 0)
        assert workspace.journal.acks()[-1].payload == {"text": "thanks"}


@impatient
async def test_what_is_not_acknowledged_comes_again_in_a_new_envelope(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        await alice.say("hello")
        envelopes = [await app.envelope(ack=False) for _ in range(4)]
        assert [each["retry_attempt"] for each in envelopes] == [0, 1, 2, 3]
        assert [each["retry_reason"] for each in envelopes] == ["", "timeout", "timeout", "timeout"]
        assert len({each["envelope_id"] for each in envelopes}) == 4
        assert len({each["payload"]["event_id"] for each in envelopes}) == 1
        await workspace.until(lambda: workspace.pending_events == 0)
        assert len(workspace.journal.envelopes()) == 4


@impatient
async def test_an_ack_ends_the_retries(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        await alice.say("hello")
        await app.envelope(ack=False)
        await app.envelope()
        await workspace.until(lambda: workspace.pending_events == 0)
        assert len(workspace.journal.envelopes()) == 2


@impatient
async def test_acks_may_be_overlooked_on_demand(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        workspace.faults.acks_held = True
        await alice.say("hello")
        await app.envelope()
        await workspace.until(workspace.journal.acks)
        workspace.faults.acks_held = False
        assert (await app.envelope())["retry_attempt"] == 1
        await workspace.until(lambda: workspace.pending_events == 0)
        assert [ack.held for ack in workspace.journal.acks()] == [True, False]


async def test_events_wait_for_a_connection(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    await alice.say("first")
    await alice.say("second")
    async with app_socket(workspace, session) as app:
        envelopes = [await app.envelope(), await app.envelope()]
        assert [each["payload"]["event"]["text"] for each in envelopes] == ["first", "second"]
        assert [each["retry_attempt"] for each in envelopes] == [1, 1]


async def test_events_do_not_wait_longer_than_the_schedule(session: aiohttp.ClientSession) -> None:
    opening = open_workspace(ack_timeout=0.02, retry_delays=(0.0, 0.02))
    async with opening as workspace, workspace.person("bob") as bob:
        await bob.say("too early")
        await workspace.until(lambda: workspace.pending_events == 0)
        async with app_socket(workspace, session) as app:
            await bob.say("in time")
            assert (await app.event())["text"] == "in time"


async def test_the_last_event_may_come_again_and_the_next_twice(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        workspace.faults.duplicate_events = 1
        await alice.say("hello")
        twice = [await app.envelope(), await app.envelope()]
        workspace.redeliver_last()
        again = await app.envelope()
        assert len({each["payload"]["event_id"] for each in (*twice, again)}) == 1
        assert len({each["envelope_id"] for each in (*twice, again)}) == 3
        assert [each["retry_attempt"] for each in (*twice, again)] == [0, 0, 1]


async def test_events_may_overtake_one_another(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as app:
        workspace.faults.rng.seed(1)
        workspace.faults.shuffled_events = 0.2
        said = [await alice.say(str(number)) for number in range(8)]
        came = [(await app.event())["ts"] for _ in said]
        assert came != said
        assert sorted(came) == said


async def test_a_connection_is_told_to_go_and_then_closed(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as old:
        await workspace.disconnect("warning")
        assert (await old.envelope())["reason"] == "warning"
        await alice.say("still here")
        assert (await old.event())["text"] == "still here"
        await workspace.disconnect("refresh_requested")
        assert (await old.envelope())["reason"] == "refresh_requested"
        assert workspace.sockets == 0
        async with app_socket(workspace, session) as new:
            await alice.say("over there")
            assert (await new.event())["text"] == "over there"
        assert (await old.ws.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE


async def test_a_connection_is_refreshed_after_its_time(session: aiohttp.ClientSession) -> None:
    async with open_workspace(refresh_after=0.05) as workspace, app_socket(workspace, session) as app:
        assert (await app.envelope())["reason"] == "refresh_requested"


async def test_a_connection_may_break_without_a_word(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    async with app_socket(workspace, session) as app:
        workspace.drop_sockets()
        assert workspace.sockets == 0
        closed = await app.ws.receive(timeout=20)
        assert closed.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    kinds = [type(entry) for entry in workspace.journal if not isinstance(entry, FrameSent)]
    assert kinds[-2:] == [SocketOpened, SocketClosed]


async def test_a_connection_counts_until_it_is_closed(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    async with app_socket(workspace, session):
        await workspace.disconnect("refresh_requested")
        async with app_socket(workspace, session) as new:
            assert new.hello["num_connections"] == 2


@impatient
async def test_a_connection_may_die_in_silence(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    async with app_socket(workspace, session) as dead:
        workspace.let_sockets_die()
        await dead.ws.ping()
        await alice.say("hello?")
        await workspace.until(workspace.journal.envelopes)
        with pytest.raises(TimeoutError):
            await dead.ws.receive(timeout=0.2)
        async with app_socket(workspace, session) as alive:
            assert (await alive.event())["text"] == "hello?"


async def test_new_connections_may_meet_faults(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    faults = workspace.socket_faults
    faults.refused = True
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(await socket_url(workspace, session))
    faults.clear()
    faults.turned_away = "link_disabled"
    async with app_socket(workspace, session) as app:
        assert app.hello["reason"] == "link_disabled"
        assert (await app.ws.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
    faults.clear()
    faults.flapping = True
    async with app_socket(workspace, session) as app:
        assert app.hello["type"] == "hello"
        assert (await app.ws.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE
    faults.clear()
    async with app_socket(workspace, session) as app:
        assert app.hello["num_connections"] == 1


async def test_pings_are_answered(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    url = await socket_url(workspace, session)
    async with session.ws_connect(url, autoping=False) as ws:
        await ws.receive_json(timeout=20)
        await ws.ping(b"there?")
        pong = await ws.receive(timeout=20)
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"there?")


async def test_waiting_for_a_connection_has_an_end(workspace: Workspace) -> None:
    with pytest.raises(TimeoutError):
        await workspace.wait_for_socket(0.01)
    with pytest.raises(TimeoutError):
        await workspace.until(lambda: False, 0.01)
    assert not await workspace.send_frame({"type": "unheard"})


async def test_closing_is_quick_with_connections_open_and_events_waiting() -> None:
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        async with open_workspace(demo_world()) as workspace:
            for _ in range(3):
                await stack.enter_async_context(app_socket(workspace, session))
            async with workspace.person("bob") as bob:
                await bob.say("@ChatHakase nobody answers")
            await workspace.disconnect("warning")
            began = time.perf_counter()
        # An acknowledgement is waited for three seconds.
        assert time.perf_counter() - began < 2.5


@asynccontextmanager
async def _sdk_client(
    workspace: Workspace, session: aiohttp.ClientSession, heard: list[SocketModeRequest]
) -> AsyncIterator[SocketModeClient]:
    """slack_sdk's own client, which acknowledges everything."""

    async def listen(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request)
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    web = AsyncWebClient(base_url=workspace.api_url, session=session)
    client = SocketModeClient(app_token=workspace.app_token, web_client=web, ping_interval=0.1)
    client.socket_mode_request_listeners.append(listen)
    try:
        await client.connect()
        await workspace.wait_for_socket()
        yield client
    finally:
        await client.close()


async def test_slack_sdk_hears_and_acknowledges(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient
) -> None:
    heard: list[SocketModeRequest] = []
    async with _sdk_client(workspace, session, heard) as client:
        await alice.say("@ChatHakase hello")
        await workspace.until(lambda: len(workspace.journal.acks()) == 2)
        assert {request.payload["event"]["type"] for request in heard} == {"message", "app_mention"}
        assert await client.is_connected()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", None])
async def test_slack_sdk_comes_back_after_a_disconnect(
    workspace: Workspace, session: aiohttp.ClientSession, alice: PersonClient, reason: Any
) -> None:
    heard: list[SocketModeRequest] = []
    async with _sdk_client(workspace, session, heard):
        if reason:
            await workspace.disconnect(reason)
        else:
            workspace.drop_sockets()

        def reopened() -> bool:
            opened = [entry for entry in workspace.journal if isinstance(entry, SocketOpened)]
            return len(opened) == 2 and workspace.sockets == 1

        await workspace.until(reopened)
        await alice.say("are you back?")
        await workspace.until(lambda: heard)
        assert heard[-1].payload["event"]["user"] == ALICE


async def test_several_apps_may_not_share_a_workspace_by_accident(session: aiohttp.ClientSession) -> None:
    async with open_workspace(limits=NoLimits()) as one, open_workspace(limits=NoLimits()) as two:
        stranger = AsyncWebClient(token=one.bot_token, base_url=two.api_url, session=session)
        assert await error_of(stranger.chat_postMessage(channel=GENERAL, text="hi")) == "invalid_auth"
        assert one.api_url != two.api_url


async def test_tokens_may_be_given(session: aiohttp.ClientSession) -> None:
    async with open_workspace(bot_token="xoxb-mine", app_token="xapp-mine") as workspace:
        bot = AsyncWebClient(token="xoxb-mine", base_url=workspace.api_url, session=session)
        assert (await bot.auth_test())["ok"]
        assert (await bot.apps_connections_open(app_token="xapp-mine"))["ok"]
