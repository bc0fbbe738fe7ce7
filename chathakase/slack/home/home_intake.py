"""The inward half of overviews: what people open, press and submit is acknowledged in time, whatever is in it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from chathakase.core.cache import LruCache
from chathakase.core.errors import trace
from chathakase.slack.fields import Malformed
from chathakase.slack.home.home_handler import CLOSES, Answer, HomeHandler
from chathakase.slack.home.home_payloads import (
    ListOpening,
    Submission,
    TabOpened,
    read_command,
    read_list_button,
    read_opened,
    read_press,
    read_shortcut,
    read_submission,
)
from chathakase.slack.web.identity import Identity

Body = dict[str, Any]

MOST_HEARD = 1_000
"""How many events are known again when Slack delivers them once more."""

log = logging.getLogger(__name__)


class HomeIntake:
    """Hands on what people want who look at their threads. All but ``hears`` are Bolt listeners."""

    def __init__(self, identity: Identity, handler: HomeHandler, opened: Callable[[str], None]) -> None:
        """``opened`` is told who opens their Home tab, once each time."""
        self._identity = identity
        self._handler = handler
        self._opened = opened
        self._heard: LruCache[TabOpened, None] = LruCache(MOST_HEARD)

    def hears(self, event: object) -> bool:
        """Whether an event tells of a Home tab; nothing of it has to be stored."""
        try:
            opened = read_opened(event)
        except Malformed as error:
            log.warning("An event of the Home tab has a malformed field: %s", error)
            return True
        if opened is not None and opened not in self._heard:
            self._heard[opened] = None
            self._opened(opened.by)
        return opened is not None

    async def take_press(self, body: Body, ack: AsyncAck) -> None:
        """Somebody pressed something on Home or in a list."""

        async def press() -> Answer:
            await self._handler.press(read_press(body, self._identity))
            return CLOSES

        await ack(**await _answer("A press", press))

    async def take_command(self, body: Body, ack: AsyncAck) -> None:
        """Somebody typed the slash command."""
        await ack(**await _answer("A slash command", self._opening(read_command, body)))

    async def take_shortcut(self, body: Body, ack: AsyncAck) -> None:
        """Somebody chose the shortcut."""
        await ack(**await _answer("A shortcut", self._opening(read_shortcut, body)))

    async def take_list_button(self, body: Body, ack: AsyncAck) -> None:
        """Somebody wants a list that they were told as a modal."""
        await ack(**await _answer("A press", self._opening(read_list_button, body)))

    async def take_rename(self, body: Body, ack: AsyncAck) -> None:
        """Somebody gave a session a title."""
        await self._submit(body, ack, self._handler.rename)

    async def take_new_chat(self, body: Body, ack: AsyncAck) -> None:
        """Somebody starts a thread."""
        await self._submit(body, ack, self._handler.start_chat)

    async def take_search(self, body: Body, ack: AsyncAck) -> None:
        """Somebody looks for something in a list."""
        await self._submit(body, ack, self._handler.search)

    def _opening(self, read: Callable[[Mapping[str, Any]], ListOpening], body: Body) -> Callable[[], Awaitable[Answer]]:
        async def open_list() -> Answer:
            self._handler.open_list(read(body))
            return CLOSES

        return open_list

    async def _submit(self, body: Body, ack: AsyncAck, take: Callable[[Submission], Awaitable[Answer]]) -> None:
        async def submit() -> Answer:
            return await take(read_submission(body))

        await ack(**await _answer("What was submitted", submit))


async def _answer(what: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """What something is acknowledged with, whatever goes wrong."""
    try:
        return await work()
    except Malformed as error:
        log.warning("%s has a malformed field: %s", what, error)
    except Exception as error:  # noqa: BLE001 - the next delivery of the same would fail alike
        log.error("%s could not be handled: %s", what, trace(error))
    return CLOSES
