"""How a socket opens, and how it refuses to."""

from time import monotonic

import pytest

from chathakase.core.errors import StartError
from tests.slack.socket_mode.bare_slack import BareSlack, BareSocket, refused, too_fast
from tests.slack.socket_mode.listening import QUICK, ConnectedBot, listening


async def test_a_socket_that_was_greeted_is_connected(slack: BareSlack, listener: ConnectedBot) -> None:
    connection = listener.connection
    assert connection.is_connected
    assert connection.consumers == 1
    assert connection.last_event is None
    await slack.lines[0].event(1)
    await listener.until(lambda: listener.texts == ["1"])
    assert connection.last_event is not None
    assert connection.last_event < 1
    assert listener.gaps == []


async def test_pongs_are_signs_of_life(slack: BareSlack, listener: ConnectedBot) -> None:
    enough = monotonic() + 8 * QUICK.ping
    await listener.until(lambda: monotonic() > enough)
    assert listener.connection.silence < 4 * QUICK.ping
    assert listener.connection.is_connected
    assert len(slack.lines) == 1


@pytest.mark.parametrize(
    "answer", [refused("invalid_auth"), refused("not_allowed_token_type"), refused("token_revoked")]
)
async def test_a_refused_token_is_told_at_start(slack: BareSlack, answer: object) -> None:
    slack.answer = answer  # type: ignore[assignment]
    with pytest.raises(StartError, match="does not accept SLACK_APP_TOKEN"):
        async with listening(slack.api_url):
            pass


async def test_a_slack_that_asks_to_wait_is_told_at_start(slack: BareSlack) -> None:
    slack.answer = too_fast(30)
    with pytest.raises(StartError, match="it answered ratelimited"):
        async with listening(slack.api_url):
            pass


async def hang_up(line: BareSocket) -> None:
    line.transport.abort()


async def switched_off(line: BareSocket) -> None:
    await line.send({"type": "disconnect", "reason": "link_disabled"})


async def too_many(line: BareSocket) -> None:
    await line.send({"type": "disconnect", "reason": "too_many_websockets"})
    await line.ws.close()


@pytest.mark.parametrize("manner", [hang_up, switched_off, too_many])
async def test_a_refused_socket_is_told_at_start(slack: BareSlack, manner: object) -> None:
    slack.manner = manner  # type: ignore[assignment]
    with pytest.raises(StartError, match="Slack refused the socket"):
        async with listening(slack.api_url):
            pass
    assert len(slack.asked) == 1


async def test_an_address_that_is_none_is_told_at_start(slack: BareSlack) -> None:
    slack.url = "no address"
    with pytest.raises(StartError, match="Slack refused the socket"):
        async with listening(slack.api_url):
            pass


async def say_nothing(_: BareSocket) -> None:
    pass


async def test_a_slack_that_says_no_hello_is_good_enough(slack: BareSlack, caplog: pytest.LogCaptureFixture) -> None:
    slack.manner = say_nothing
    async with listening(slack.api_url) as listener:
        assert listener.connection.is_connected
        assert "has not said hello" in caplog.text
        await slack.lines[0].event(1)
        await listener.until(lambda: listener.texts == ["1"])
        assert slack.lines[0].acks == ["e1"]


async def speak_first(line: BareSocket) -> None:
    await line.event(1)


async def test_what_comes_before_any_hello_is_taken(slack: BareSlack) -> None:
    slack.manner = speak_first
    async with listening(slack.api_url) as listener:
        await listener.until(lambda: listener.texts == ["1"])
        await listener.until(lambda: slack.lines[0].acks == ["e1"])
