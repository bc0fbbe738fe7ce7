"""A socket that is lost is opened again, with patience, and the log tells it in plain words."""

import logging
from dataclasses import replace
from itertools import pairwise

import pytest
from aiohttp import web

from chathakase.slack.socket_mode.socket_timing import SocketTiming
from tests.slack.socket_mode.bare_slack import BareSlack, BareSocket, greet, refused, too_fast
from tests.slack.socket_mode.listening import QUICK, ConnectedBot, listening

SCALE = 1 / 400
TEN_MINUTES = 600 * SCALE
SCALED = SocketTiming(
    ping=4 * SCALE, steady=60 * SCALE, first_wait=SCALE, longest_wait=60 * SCALE, slow_wait=60 * SCALE, ghost=0.5
)
"""The usual timing, four hundred times as fast."""


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chathakase")


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = (record for record in caplog.records if record.name.startswith("chathakase"))
    return [record.getMessage() for record in ours if record.levelno >= logging.WARNING]


async def test_a_broken_socket_is_opened_again_at_once(
    slack: BareSlack, listener: ConnectedBot, caplog: pytest.LogCaptureFixture
) -> None:
    slack.lines[0].transport.abort()
    await listener.until(lambda: len(listener.gaps) == 1)
    assert 0 < listener.gaps[0] < 1
    await slack.lines[1].event(1)
    await listener.until(lambda: slack.lines[1].acks == ["e1"])
    assert warnings(caplog) == ["The socket was lost (it was cut off); opening it again"]
    assert "Reconnected to Slack after 0 s" in caplog.text


async def test_a_socket_that_slack_closes_is_opened_again(
    slack: BareSlack, listener: ConnectedBot, caplog: pytest.LogCaptureFixture
) -> None:
    await slack.lines[0].ws.close(code=1001)
    await listener.until(lambda: len(listener.gaps) == 1)
    assert "Slack closed it with code 1001" in warnings(caplog)[0]


async def test_a_socket_that_dies_in_silence_is_noticed(
    slack: BareSlack, listener: ConnectedBot, caplog: pytest.LogCaptureFixture
) -> None:
    slack.lines[0].fall_silent()
    await listener.until(lambda: len(listener.gaps) == 1)
    assert warnings(caplog) == ["The socket was lost (it fell silent); opening it again"]
    assert listener.gaps[0] >= 3 * QUICK.ping
    assert listener.connection.is_connected
    assert listener.connection.consumers == 1


async def test_slack_need_not_answer_pings_while_it_says_anything_else(slack: BareSlack) -> None:
    ping = 0.4
    async with listening(slack.api_url, timing=replace(QUICK, ping=ping)) as listener:
        slack.lines[0].fall_silent()
        for number in range(5):
            await slack.lines[0].ws.ping() if number % 2 else await slack.lines[0].event(number)
            await listener.until(lambda: listener.connection.silence < ping / 2)
            await listener.until(lambda: listener.connection.silence > ping)
        assert len(slack.lines) == 1


async def test_sockets_that_close_after_their_hello_are_opened_rarely(
    slack: BareSlack, caplog: pytest.LogCaptureFixture
) -> None:
    async def flap(line: BareSocket) -> None:
        await greet(line)
        if len(slack.lines) > 1:
            await line.ws.close()

    slack.manner = flap
    async with listening(slack.api_url, timing=replace(QUICK, first_wait=0.1, longest_wait=0.3)) as listener:
        slack.lines[0].transport.abort()
        await listener.until(lambda: len(slack.lines) == 8)
        slack.manner = greet
        await listener.until(lambda: listener.connection.is_connected and len(slack.lines) == 9)
        await slack.lines[-1].event(1)
        await listener.until(lambda: listener.texts == ["1"])
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(slack.asked[2:]))
    assert len(warnings(caplog)) <= 2


@pytest.mark.parametrize("fault", ["no address", "broken socket", "hangs up", "html"])
async def test_ten_minutes_of_outage_are_told_once_and_tried_rarely(
    fault: str, slack: BareSlack, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang_up(line: BareSocket) -> None:
        line.transport.abort()

    async with listening(slack.api_url, timing=SCALED) as listener:
        match fault:
            case "no address":
                slack.answer = refused("service_unavailable")
            case "broken socket":
                slack.url = "ws://127.0.0.1:9"
            case "hangs up":
                slack.manner = hang_up
            case _:
                slack.answer = _html
        slack.lines[0].transport.abort()
        await listener.until(lambda: listener.connection.silence > TEN_MINUTES, 10)
        assert not listener.connection.is_connected
        tried = len(slack.asked) - 1
        assert 5 < tried < 45
        told = warnings(caplog)
        assert len(told) in (2, 3)
        assert told[0] == "The socket was lost (it was cut off); opening it again"
        assert told[1].startswith("The socket cannot be opened (")
        slack.answer, slack.url, slack.manner = None, "", greet
        await listener.until(lambda: listener.gaps, 10)
        assert listener.gaps[0] >= TEN_MINUTES
        await slack.lines[-1].event(1)
        await listener.until(lambda: listener.texts == ["1"])
    assert f"Reconnected to Slack after {listener.gaps[0]:.0f} s" in caplog.text


def _html() -> web.Response:
    return web.Response(text="<html>Sorry</html>", content_type="text/html", status=502)


async def test_what_lasts_is_told_again_now_and_then(slack: BareSlack, caplog: pytest.LogCaptureFixture) -> None:
    async with listening(slack.api_url, timing=replace(QUICK, remind=0.5)) as listener:
        slack.answer = refused("internal_error")
        slack.lines[0].transport.abort()
        await listener.until(lambda: len(warnings(caplog)) == 4)
    assert all("No socket for " in told for told in warnings(caplog)[2:])


async def test_an_address_is_used_once(slack: BareSlack) -> None:
    async with listening(slack.api_url) as listener:
        slack.url = "ws://127.0.0.1:9"
        slack.lines[0].transport.abort()
        await listener.until(lambda: len(slack.asked) == 4)
        slack.url = ""
        await listener.until(lambda: listener.gaps)


async def test_a_slack_that_asks_to_wait_is_obeyed(slack: BareSlack, listener: ConnectedBot) -> None:
    slack.answers.append(too_fast(1))
    slack.lines[0].transport.abort()
    await listener.until(lambda: listener.gaps)
    assert len(slack.asked) == 3
    assert slack.asked[2] - slack.asked[1] >= 1


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_auth", "Slack does not accept SLACK_APP_TOKEN: make an app-level token (xapp-…)"),
        ("token_revoked", "Slack does not accept SLACK_APP_TOKEN: make an app-level token (xapp-…)"),
        ("link_disabled", "Socket Mode is switched off: switch it on in your app's settings"),
        ("team_disabled", "The socket cannot be opened (team_disabled)"),
    ],
)
async def test_what_only_a_person_can_mend_is_told_once_and_tried_slowly(
    error: str, advice: str, slack: BareSlack, listener: ConnectedBot, caplog: pytest.LogCaptureFixture
) -> None:
    slack.answer = refused(error)
    slack.lines[0].transport.abort()
    await listener.until(lambda: len(slack.asked) == 5)
    assert all(later - earlier >= QUICK.slow_wait for earlier, later in pairwise(slack.asked[1:]))
    assert [advice in told for told in warnings(caplog)] == [False, True]
    slack.answer = None
    await listener.until(lambda: listener.gaps)
    await slack.lines[-1].event(1)
    await listener.until(lambda: listener.texts == ["1"])


async def test_a_socket_mode_that_is_switched_off_and_on_again(
    slack: BareSlack, listener: ConnectedBot, caplog: pytest.LogCaptureFixture
) -> None:
    async def switched_off(line: BareSocket) -> None:
        await line.send({"type": "disconnect", "reason": "link_disabled"})
        await line.ws.close()

    slack.manner = switched_off
    await switched_off(slack.lines[0])
    await listener.until(lambda: len(slack.asked) == 4)
    assert all(later - earlier >= QUICK.slow_wait for earlier, later in pairwise(slack.asked[1:]))
    assert [told for told in warnings(caplog) if "switch it on in your app's settings" in told] == warnings(caplog)
    assert len(warnings(caplog)) == 1
    slack.manner = greet
    await listener.until(lambda: listener.connection.is_connected)
    assert len(listener.gaps) == 1


async def test_a_failing_follow_up_costs_nothing(slack: BareSlack, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: float) -> None:
        raise RuntimeError("swordfish")

    async with listening(slack.api_url, reconnected=fail) as listener:
        slack.lines[0].transport.abort()
        await listener.until(lambda: len(slack.lines) == 2)
        await slack.lines[1].event(1)
        await listener.until(lambda: listener.texts == ["1"])
    assert "The work after a reconnection failed: RuntimeError" in caplog.text
    assert "swordfish" not in caplog.text


async def test_no_log_line_holds_a_token_an_address_or_a_word(
    slack: BareSlack, listener: ConnectedBot, caplog: pytest.LogCaptureFixture
) -> None:
    slack.answers.append(refused("swordfish said: no"))
    await slack.lines[0].send({"type": "disconnect", "reason": "swordfish said so"})
    await listener.until(lambda: listener.gaps)
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("chathakase"))
    assert ours
    for secret in ("swordfish", "xapp-", "ticket", "127.0.0.1"):
        assert secret not in ours.replace("xapp-…", "")
