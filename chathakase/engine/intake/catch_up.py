"""Finds what was said, changed and deleted while nobody listened, where the bot takes part."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from chathakase.cancellation import end_all
from chathakase.core.errors import DeliveryError, trace
from chathakase.core.memory import Change
from chathakase.core.ports import History, ListeningStore
from chathakase.core.retrying import RetryPolicy
from chathakase.core.types import Heard, Incoming, Place, ThreadSnapshot, WorkspaceKey

MARGIN = 600_000
"""Milliseconds before the last sign of life that are looked at as well: what came then may not have been taken in, and
what was is known."""

ACTIVE_WITHIN = 86_400_000
"""Milliseconds before that in which a session was active that is looked into."""

MOST_SESSIONS = 200
"""How many sessions are looked into, the most recent ones; reading takes a call each, of fifty a minute."""

SHORT = 5.0
"""Seconds of silence after which nothing is looked for: what is not acknowledged is delivered again at once."""

LATE = 3_000
"""Milliseconds after which a message comes late: what is not acknowledged soon may be delivered again by then."""

FRESH = 2_000
"""Milliseconds for which what was said need not be found in its thread yet, and so is not taken for deleted."""

AGAIN = RetryPolicy(first_wait=60.0, retries=5)
"""How a look is repeated that failed: no more often in a row for what the surface would not tell just then, and for
ever for all else."""

log = logging.getLogger(__name__)


class CatchUp:
    """Looks for what was missed, one look at a time; while it is entered, one task of its own does so."""

    def __init__(
        self,
        *,
        listening: ListeningStore,
        workspaces: Collection[WorkspaceKey],
        history: History,
        submit: Callable[[Incoming], Awaitable[bool]],
        change: Callable[[Change], Awaitable[None]],
        young: int,
        now: Callable[[], int],
    ) -> None:
        """``workspaces`` are the workspaces that are listened to.

        A question that is older than ``young`` milliseconds is kept as context and not answered; 0: do not look.
        """
        self._listening = listening
        self._workspaces = workspaces
        self._history = history
        self._submit = submit
        self._change = change
        self._young = young
        self._now = now
        self._since: int | None = None
        """From when on something may have been missed, in epoch milliseconds."""
        self._late: dict[Place, int] = {}
        """Threads that were opened late, so that what was said in them may have come before, and been none of ours:
        from when on they are to be read, in epoch microseconds."""
        self._failed: DeliveryError | None = None
        """Why something could not be read in a look, where that may pass."""
        self._repeated = 0
        """How many looks in a row were repeated for that."""
        self._changed = asyncio.Event()
        self._looking = True
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin with what was missed since somebody last listened. Raises StoreError."""
        self._since = await self._listening.until(self._workspaces)
        self._changed.set()
        self._task = asyncio.create_task(self._follow(), name="catch-up")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await end_all(filter(None, [self._task]))

    def is_late(self, incoming: Incoming) -> bool:
        """Whether something that comes now may have come after what was said later."""
        return self._age(incoming) > LATE

    def look_below(self, incoming: Incoming) -> None:
        """Something new was taken in late: if it opens a thread, what was said in that is looked for as well."""
        place = incoming.place
        if incoming.opens and self._young and (place in self._late or len(self._late) < MOST_SESSIONS):
            self._late[place] = min(incoming.said, self._late.get(place, incoming.said))
            self._changed.set()

    def missed(self, seconds: float) -> None:
        """Nothing could be heard for so many seconds, until now."""
        if seconds >= SHORT:
            self._begin_at(self._now() - round(seconds * 1000))
            self._changed.set()

    async def note(self) -> None:
        """Somebody listens now, and nothing of before is still to be looked for. Raises StoreError."""
        if not self._looking and not self._changed.is_set():
            await self._listening.note(self._workspaces)

    def _begin_at(self, since: int) -> None:
        self._since = since if self._since is None else min(self._since, since)

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._looking, since, self._since = True, self._since, None
            try:
                if since is not None and self._young:
                    await self._look(since)
                while self._late:
                    await self._look_into_late(*next(iter(self._late.items())))
                self._looking, self._repeated = False, 0
            except Exception as error:  # noqa: BLE001 - whatever it is, what is delivered meanwhile is answered
                log.warning("Catching up failed and will be tried again: %s", trace(error))
                if since is not None:
                    self._begin_at(since)
                await asyncio.sleep(AGAIN.wait(self._repeated))
                self._changed.set()

    async def _look(self, since: int) -> None:
        sessions = await self._listening.active(self._workspaces, since=since - ACTIVE_WITHIN, limit=MOST_SESSIONS)
        earliest = (since - MARGIN) * 1000
        for channel in dict.fromkeys(heard.place.beside(heard.place.channel) for heard in sessions):
            await self._look_over(channel, earliest)
        for heard in sessions:
            await self._look_into(heard, earliest)
        log.info("Checked %d threads for missed messages", len(sessions))
        self._repeat_if_failed()

    def _note_failure(self, error: DeliveryError) -> None:
        self._failed = error if error.passes else self._failed

    def _repeat_if_failed(self) -> None:
        """Have a look repeated in which something could not be read just then. Raises DeliveryError."""
        failed, self._failed = self._failed, None
        if failed is not None and AGAIN.allows(self._repeated):
            self._repeated += 1
            raise failed

    async def _look_over(self, channel: Place, earliest: int) -> None:
        try:
            messages = await self._history.channel(channel, since=earliest)
        except DeliveryError as error:
            log.warning("A channel could not be checked for missed messages: %s", error)
            self._note_failure(error)
            return
        for incoming in messages:
            await self._take_in(incoming, late=True)

    async def _look_into_late(self, place: Place, since: int) -> None:
        """Look for what was said in a thread that was opened late."""
        await self._look_into(Heard(place, since, since), since)
        self._repeat_if_failed()
        # Meanwhile something may have come that was said even before.
        if self._late[place] == since:
            del self._late[place]

    async def _look_into(self, heard: Heard, earliest: int) -> None:
        # What comes while the thread is read need not be found in it.
        began, known = self._now(), await self._listening.known(heard.place)
        try:
            seen = await self._history.thread(heard.place)
        except DeliveryError as error:
            log.warning("A thread could not be checked for missed messages: %s", error)
            self._note_failure(error)
            return
        settled = {ref: said for ref, said in known.items() if said // 1000 < began - FRESH}
        await self._forget(heard, seen, settled)
        await self._follow_edits(heard, seen, known)
        since = _from(heard, earliest)
        for incoming in seen.messages:
            if incoming.said > since:
                # What was said below it is among these as well.
                await self._take_in(incoming, late=False)

    async def _forget(self, heard: Heard, seen: ThreadSnapshot, known: Mapping[str, int]) -> None:
        """Have forgotten what is known and was deleted."""
        for ref, said in known.items():
            if seen.lacks(ref, said):
                await self._change(Change(heard.place, ref, self._now() * 1000, None))

    async def _follow_edits(self, heard: Heard, seen: ThreadSnapshot, known: Mapping[str, int]) -> None:
        """Have followed what is known and was edited; an edit that was followed before makes no difference."""
        for now in seen.messages:
            if now.ref in known and now.ref in seen.edited:
                at = seen.edited[now.ref]
                await self._change(Change(heard.place, now.ref, at, now))

    async def _take_in(self, incoming: Incoming, *, late: bool) -> None:
        """Submit what is found; what is known already makes no difference."""
        asks = incoming.asks and self._age(incoming) <= self._young
        if await self._submit(replace(incoming, asks=asks)) and late:
            self.look_below(incoming)

    def _age(self, incoming: Incoming) -> int:
        """How many milliseconds ago something was said."""
        return self._now() - incoming.said // 1000


def _from(heard: Heard, earliest: int) -> int:
    """From when on what is not known in a thread was missed, in epoch microseconds.

    What it knows may have come out of order; what was said before it was opened is none of its matter.
    """
    return max(min(heard.last, earliest), heard.first)
