"""Where people see all their threads at once: the app's Home tab, and modals."""

import asyncio
from collections.abc import Awaitable, Callable

from chathakase.core.jobs import Command
from chathakase.core.ports import Overviews
from chathakase.core.types import Place
from chathakase.slack.home.drawing import Drawing
from chathakase.slack.home.home_handler import HomeHandler
from chathakase.slack.home.home_modals import HomeModals
from chathakase.slack.home.home_tabs import HomeTabs
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.identity import Identity


class SlackHome:
    """Shows overviews; what is to be shown is read once there is an engine."""

    def __init__(
        self,
        calls: Calls,
        identity: Identity,
        people: People,
        places: Places,
        links: PlaceLinks,
        clock: Callable[[], float],
        *,
        tell: Callable[[str, str], Awaitable[None]],
    ) -> None:
        """``clock`` tells seconds; ``tell`` tells somebody something in their direct message."""
        self._identity = identity
        self._people = people
        self._places = places
        self._clock = clock
        self._tell_directly = tell
        self._drawing = Drawing(links, self._own_name)
        self._tabs = HomeTabs(calls, self._drawing, identity.place("", ""), clock)
        self._modals = HomeModals(calls, self._drawing, self._tell_elsewhere)

    async def close(self) -> None:
        """Show nothing more."""
        await asyncio.gather(self._modals.close(), self._tabs.close())

    def begin(self, overviews: Overviews, enqueue: Callable[[Command], Awaitable[None]]) -> HomeHandler:
        """Show what is read there; returns what serves people, to be closed before this."""
        self._drawing.begin(overviews)
        return HomeHandler(
            self._identity,
            self._tabs,
            self._modals,
            self._drawing,
            self._places,
            self._clock,
            enqueue=enqueue,
            tell=self.tell,
        )

    def opened(self, person: str) -> None:
        """Somebody opened their Home tab."""
        self._tabs.opened(person)

    def refresh(self, person: str) -> None:
        """Something may have changed in what somebody sees on their Home tab."""
        self._tabs.refresh(person)

    async def tell(self, where: Place, person: str, text: str) -> None:
        """Tell somebody something in an overview, or elsewhere if they see it no more. Raises DeliveryError."""
        if where.thread:
            await self._modals.notify(where, person, text)
        else:
            await self._tell_elsewhere(person, text)

    async def _own_name(self) -> str:
        """What people call the bot; empty where Slack does not tell."""
        own = self._identity.user_id
        name = (await self._people.find([own]))[own].name
        return "" if name == own else name

    async def _tell_elsewhere(self, person: str, text: str) -> None:
        """Tell somebody something on their Home tab, if they look at it, else in their direct message."""
        if self._tabs.is_seen_by(person):
            self._tabs.notify(person, text)
        else:
            await self._tell_directly(person, text)
