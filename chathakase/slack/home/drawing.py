"""Reads what an overview shows and draws it; who may not see it gets one line instead."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from chathakase.core.access_rule import WHY_NOT, Decision
from chathakase.core.errors import StoreError, trace
from chathakase.core.overview import Overview, OverviewState
from chathakase.core.ports import Overviews
from chathakase.core.types import Place
from chathakase.slack.home.home_tab import home_tab
from chathakase.slack.home.home_views import BROKEN, View, told, told_at_home
from chathakase.slack.home.list_modal import list_modal
from chathakase.slack.home.list_part import TITLE
from chathakase.slack.home.place_links import PlaceLinks

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

    def __init__(self, links: PlaceLinks, own_name: Callable[[], Awaitable[str]]) -> None:
        """``own_name`` tells what people call the bot."""
        self._links = links
        self._own_name = own_name
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
            state = await (_opened(overviews, where, person) if opened else overviews.kept(where, person))
            overview = await self._read(where, person, state, admin=True)
            return Drawn(home_tab(overview, self._links, notice), _told_by(overview, notice))

        return await self._drawn(where, person, drawn, lambda text: Drawn(told_at_home(text), text))

    async def list(self, where: Place, person: str, state: OverviewState, *, notice: str) -> View:
        """The list of somebody's threads, as a modal."""

        async def drawn() -> View:
            overview = await self._read(where, person, state)
            return list_modal(overview, self._links, notice)

        return await self.modal(where, person, TITLE, drawn)

    async def modal(self, where: Place, person: str, title: str, draw: Callable[[], Awaitable[View]]) -> View:
        """A modal with what is drawn for somebody, or with one line that says why it can't be."""
        return await self._drawn(where, person, draw, lambda text: told(title, text))

    async def _read(self, where: Place, person: str, state: OverviewState, *, admin: bool = False) -> Overview:
        overview = await (await self.overviews()).read(where, person, state, admin=admin)
        return replace(overview, agent=await self._own_name() or overview.agent)

    async def _drawn(
        self, where: Place, person: str, draw: Callable[[], Awaitable[_T]], instead: Callable[[str], _T]
    ) -> _T:
        """What is drawn for somebody who may talk to the bot; if they may not, or it fails, one line ``instead``."""
        try:
            decision = await (await self.overviews()).settle(where, person)
            return await draw() if decision is Decision.ALLOWED else instead(WHY_NOT[decision])
        except StoreError as error:
            log.warning("An overview could not be read: %s", error)
            return instead(UNREADABLE)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits in front of a view
            log.error("An overview could not be drawn: %s", trace(error))
            return instead(BROKEN)


async def _opened(overviews: Overviews, where: Place, person: str) -> OverviewState:
    """What somebody sees who opens Home, also from a database that takes nothing just now. Raises StoreError."""
    try:
        return await overviews.opened(where, person)
    except StoreError as error:
        log.warning("That somebody looks at their threads could not be stored: %s", error)
    return OverviewState(last_lines=(await overviews.kept(where, person)).last_lines)


def _told_by(overview: Overview, notice: str) -> str:
    return repr((replace(overview, now=0), notice))
