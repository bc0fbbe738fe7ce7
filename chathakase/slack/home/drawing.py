"""Reads what an overview shows and draws it; who may not see it gets one line instead."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from chathakase.core.access_rule import WHY_NOT, Decision
from chathakase.core.errors import StoreError
from chathakase.core.overview import Overview, OverviewState
from chathakase.core.ports import Overviews
from chathakase.core.types import Place
from chathakase.slack.home.home_tab import home_tab
from chathakase.slack.home.home_views import View, told, told_at_home
from chathakase.slack.home.list_modal import list_modal
from chathakase.slack.home.place_links import PlaceLinks

TITLE = "Your threads"
UNREADABLE = "Something is wrong with my database, so I can't show you your threads right now. Try again in a minute."

log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A view, and what it tells."""

    view: View
    tells: str
    """The same for two views that tell the same, however long ago things were at the time of each."""


class Drawing:
    """Draws overviews with what the engine reads, once there is one."""

    def __init__(self, links: PlaceLinks) -> None:
        self._links = links
        self._ready = asyncio.Event()
        self._overviews: Overviews

    def begin(self, overviews: Overviews) -> None:
        """Draw what is read there."""
        self._overviews = overviews
        self._ready.set()

    async def overviews(self) -> Overviews:
        """What the engine tells of overviews, which is waited for at the start."""
        await self._ready.wait()
        return self._overviews

    async def home(self, where: Place, person: str, *, opened: bool, notice: str) -> Drawn:
        """Somebody's Home tab, which they have just ``opened`` or had open before."""

        async def drawn() -> Drawn:
            overviews = await self.overviews()
            state = await (overviews.opened(where, person) if opened else overviews.kept(where, person))
            overview = await overviews.read(where, person, state, admin=True)
            return Drawn(home_tab(overview, self._links, notice), _told_by(overview, notice))

        return await self._allowed(where, person, drawn, lambda text: Drawn(told_at_home(text), text))

    async def list(self, where: Place, person: str, state: OverviewState, *, notice: str) -> View:
        """The list of somebody's threads, as a modal."""

        async def drawn() -> View:
            overview = await (await self.overviews()).read(where, person, state)
            return list_modal(overview, self._links, notice)

        return await self._allowed(where, person, drawn, lambda text: told(TITLE, text))

    async def refusal(self, where: Place, person: str) -> str:
        """Why somebody may not talk to the bot, for them to read; empty if they may."""
        decision = await (await self.overviews()).settle(where, person)
        return "" if decision is Decision.ALLOWED else WHY_NOT[decision]

    async def _allowed(
        self, where: Place, person: str, draw: Callable[[], Awaitable[_T]], instead: Callable[[str], _T]
    ) -> _T:
        """What is drawn for somebody who may talk to the bot, if the database lets it; else one line ``instead``."""
        if refusal := await self.refusal(where, person):
            return instead(refusal)
        try:
            return await draw()
        except StoreError as error:
            log.warning("An overview could not be read: %s", error)
            return instead(UNREADABLE)


def _told_by(overview: Overview, notice: str) -> str:
    return repr((replace(overview, now=0), notice))
