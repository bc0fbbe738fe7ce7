"""Opens modals at once and fills them when what belongs in them is there: a trigger is valid for three seconds.

Methods: https://docs.slack.dev/reference/methods/views.open, https://docs.slack.dev/reference/methods/views.push and
https://docs.slack.dev/reference/methods/views.update.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from chathakase.core.cache import LruCache
from chathakase.core.errors import DeliveryError
from chathakase.core.overview import OverviewState
from chathakase.core.types import Place
from chathakase.slack.home.drawing import Drawing
from chathakase.slack.home.home_views import BROKEN, REFUSED, View, told
from chathakase.slack.home.redraws import Redraws
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority

OPEN, PUSH, UPDATE = "views.open", "views.push", "views.update"
OPENED_WITHIN = 3.0
"""Seconds for which a trigger is valid."""
FILLED_WITHIN = 30.0
"""Seconds after which nobody waits for a modal any more."""
CLOSED = "not_found"
EXCHANGED = "exchanged_trigger_id"
"""Of what was delivered twice: it has opened a modal already."""
MOST_KNOWN = 10_000
"""Open lists that are known at once."""
NOT_OPENED = "I couldn't open that window. Please try again."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _List:
    """A list that is shown in a modal."""

    person: str
    state: OverviewState
    notice: str = ""
    """What is said on top of it, until its person does the next thing."""


class HomeModals:
    """All modals; of each, the newest content wins."""

    def __init__(self, calls: Calls, drawing: Drawing, tell: Callable[[str, str], Awaitable[None]]) -> None:
        """``tell`` tells somebody, by their user id, elsewhere what no modal can tell them."""
        self._calls = calls
        self._drawing = drawing
        self._tell = tell
        self._redraws = Redraws()
        self._lists: LruCache[str, _List] = LruCache(MOST_KNOWN)

    async def close(self) -> None:
        """Fill no more of them."""
        await self._redraws.close()

    async def open(self, person: str, trigger: str, view: View, *, on: str = "") -> str:
        """Show a modal, ``on`` the one from which it is opened if there is one; returns its id, empty if it failed."""
        method, name = PUSH if on else OPEN, uuid4().hex
        body = {"trigger_id": trigger, "view": view | {"external_id": name}}
        try:
            async with asyncio.timeout(OPENED_WITHIN):
                calls = self._calls.of(person)
                return _id(await calls.send(method, body, priority=Priority.ERROR, repeatable=False))
        except (DeliveryError, TimeoutError) as error:
            if str(error) == EXCHANGED:
                return ""
            unsure = isinstance(error, TimeoutError) or error.unsure
            if unsure and (modal := await self._opened(person, name, view)):
                return modal
            log.warning("A modal could not be opened: %s", str(error) or "timeout")
        await self._tell(person, NOT_OPENED)
        return ""

    async def _opened(self, person: str, name: str, view: View) -> str:
        """The id of a modal that is open though Slack's answer was lost, by the name that we gave it; empty if not."""
        with suppress(DeliveryError, TimeoutError):
            async with asyncio.timeout(OPENED_WITHIN):
                body = {"external_id": name, "view": view}
                return _id(await self._calls.of(person).send(UPDATE, body, priority=Priority.COMMAND))
        return ""

    def show_list(self, where: Place, person: str, state: OverviewState) -> None:
        """Have a modal show a list, with nothing on top of it."""
        self._lists[where.thread] = _List(person, state)
        self._want(where)

    async def list_of(self, where: Place, person: str, state: OverviewState) -> View:
        """The same list, which the caller shows in that modal."""
        self._lists[where.thread] = _List(person, state)
        return await self._drawing.list(where, person, state, notice="")

    async def notify(self, where: Place, person: str, text: str) -> None:
        """Tell somebody something on top of a list, which is read anew; elsewhere if it is closed."""
        shown = self._lists.get(where.thread)
        if shown is None or shown.person != person:
            await self._tell(person, text)
            return
        self._lists[where.thread] = replace(shown, notice=text)
        self._want(where)

    def seen(self, where: Place, person: str, state: OverviewState) -> None:
        """Somebody does the next thing in a list, which another process may have opened: this is what they see."""
        self._lists[where.thread] = _List(person, state)

    def fill(self, modal: str, person: str, view: View) -> None:
        """Have a modal show something else."""
        self._redraws.want(modal, partial(self._update, modal, person, view))

    def _want(self, where: Place) -> None:
        self._redraws.want(where.thread, partial(self._draw, where))

    async def _draw(self, where: Place) -> None:
        if (shown := self._lists.get(where.thread)) is None:
            # It was found closed since this was wanted.
            return
        view = await self._drawing.list(where, shown.person, shown.state, notice=shown.notice)
        if not await self._update(where.thread, shown.person, view):
            newest = self._lists.pop(where.thread, shown)
            for notice in filter(None, dict.fromkeys((shown.notice, newest.notice))):
                await self._tell(shown.person, notice)

    async def _update(self, modal: str, person: str, view: View) -> bool:
        """Whether a modal is still open, which is given another content. Raises DeliveryError."""
        try:
            return await self._send(modal, person, view)
        except DeliveryError as error:
            if error.code not in REFUSED:
                raise
            log.error("Slack does not take a modal: %s", error)
            return await self._send(modal, person, told(view["title"]["text"], BROKEN))

    async def _send(self, modal: str, person: str, view: View) -> bool:
        try:
            async with asyncio.timeout(FILLED_WITHIN):
                body = {"view_id": modal, "view": view}
                await self._calls.of(person).send(UPDATE, body, priority=Priority.COMMAND)
        except TimeoutError as error:
            raise DeliveryError("timeout") from error
        except DeliveryError as error:
            if error.code != CLOSED:
                raise
            return False
        return True


def _id(answer: Mapping[str, Any]) -> str:
    view = answer.get("view")
    return str(view.get("id") or "") if isinstance(view, Mapping) else ""
