"""Publishes people's Home tabs: one time for whatever has changed, at most once a second for each person.

Method: https://docs.slack.dev/reference/methods/views.publish.
"""

import asyncio
import itertools
import logging
from collections.abc import Callable
from functools import partial

from chathakase.core.cache import LruCache
from chathakase.core.errors import DeliveryError
from chathakase.core.moments import DAY
from chathakase.core.types import Place
from chathakase.slack.home.drawing import Drawing, Drawn
from chathakase.slack.home.home_views import BROKEN, REFUSED, told_at_home
from chathakase.slack.home.redraws import Redraws
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.rate_limiter import Priority

PUBLISH = "views.publish"
INTERVAL = 1.0
"""Seconds between two times that one person's tab is published."""
ALIKE_WITHIN = 10.0
"""Seconds for which we know what somebody sees; later, another process may have published something else."""
LOOKED_WITHIN = DAY / 1000
"""Seconds after which somebody who does not open their Home tab is told nothing there."""
NOTICED_WITHIN = 600.0
"""Seconds for which a notice is shown, also to those who look elsewhere meanwhile and come back; what another process
has seen them do since is not known here.
"""
MOST_KNOWN = 10_000
"""People of whom something is known at once."""
OFF = "not_enabled"
HOW_TO_SWITCH_ON = (
    "The app's Home tab is off, so people do not see their threads there: switch it on under “App Home” in the app's "
    "settings."
)

log = logging.getLogger(__name__)


class HomeTabs:
    """Keeps people's Home tabs as they should be."""

    def __init__(self, calls: Calls, drawing: Drawing, where: Place, clock: Callable[[], float]) -> None:
        """``where`` is the place of all Home tabs of the workspace; ``clock`` tells seconds."""
        self._calls = calls
        self._drawing = drawing
        self._where = where
        self._clock = clock
        self._redraws = Redraws(interval=INTERVAL)
        self._opening: set[str] = set()
        """Whose tab was opened, and is to be published whatever it tells."""
        self._seen: LruCache[str, float] = LruCache(MOST_KNOWN)
        """When people last opened their tab, or did something there."""
        self._notices: LruCache[str, tuple[float, str]] = LruCache(MOST_KNOWN)
        """What people are told on top of their tab, and since when."""
        self._shown: LruCache[str, tuple[float, int]] = LruCache(MOST_KNOWN)
        """What people's tabs tell, and since when."""
        self._is_off = False

    async def close(self) -> None:
        """Publish nothing more."""
        await self._redraws.close()

    def opened(self, person: str) -> None:
        """Publish the tab of somebody who opens it."""
        self._is_off = False
        self._opening.add(person)
        self._seen[person] = self._clock()
        self._want(person)

    def refresh(self, person: str) -> None:
        """Publish somebody's tab if what it tells has changed, which they may not even see just now."""
        if not self._is_off:
            self._redraws.want_later(person, partial(self._draw, person, Priority.BACKGROUND))

    def show(self, person: str) -> None:
        """Publish the tab of somebody who waits for that, since they did something there."""
        if not self._is_off:
            self._want(person)

    def is_seen_by(self, person: str) -> bool:
        """Whether somebody looked at their tab within a day, as far as this process knows."""
        return not self._is_off and self._clock() - self._seen.get(person, -LOOKED_WITHIN) < LOOKED_WITHIN

    def notify(self, person: str, text: str) -> None:
        """Tell somebody something on top of their tab, for a while, until they do the next thing."""
        self._notices[person] = (self._clock(), text)
        self.show(person)

    def forget_notice(self, person: str) -> None:
        """Somebody does the next thing on their tab: what they were told of the last one is shown no more."""
        self._seen[person] = self._clock()
        self._notices.pop(person, None)

    def _notice(self, person: str) -> str:
        since, text = self._notices.get(person, (0.0, ""))
        return text if self._clock() - since < NOTICED_WITHIN else ""

    def _want(self, person: str) -> None:
        self._redraws.want(person, partial(self._draw, person, Priority.COMMAND))

    async def _draw(self, person: str, priority: Priority) -> None:
        opened = person in self._opening
        self._opening.discard(person)
        drawn = await self._drawn(person, opened=opened)
        if opened or not self._is_shown(person, drawn):
            await self._publish(person, drawn, priority)

    async def _publish(self, person: str, drawn: Drawn, priority: Priority) -> None:
        tries = itertools.count()

        async def attempt() -> Drawn:
            newest = drawn
            if next(tries):
                await asyncio.sleep(INTERVAL)
                newest = await self._drawn(person)
            await self._calls.client.api_call(PUBLISH, json={"user_id": person, "view": newest.view})
            return newest

        try:
            shown = await self._calls.of(person).make(PUBLISH, attempt, priority=priority)
        except DeliveryError as error:
            await self._failed(person, error)
        else:
            self._shown[person] = (self._clock(), hash(shown.tells))

    async def _failed(self, person: str, error: DeliveryError) -> None:
        if error.code == OFF:
            self._switched_off()
        elif error.code in REFUSED:
            log.error("Slack does not take a Home tab: %s", error)
            body = {"user_id": person, "view": told_at_home(BROKEN)}
            await self._calls.of(person).send(PUBLISH, body, priority=Priority.COMMAND)
        else:
            raise error

    def _switched_off(self) -> None:
        if not self._is_off:
            log.warning(HOW_TO_SWITCH_ON)
        self._is_off = True

    async def _drawn(self, person: str, *, opened: bool = False) -> Drawn:
        return await self._drawing.home(self._where, person, opened=opened, notice=self._notice(person))

    def _is_shown(self, person: str, drawn: Drawn) -> bool:
        since, told = self._shown.get(person, (-ALIKE_WITHIN, 0))
        return self._clock() - since < ALIKE_WITHIN and told == hash(drawn.tells)
