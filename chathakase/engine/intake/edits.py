"""Follows what people change and delete: memory follows, and an answer that is being written is restarted."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from chathakase.core.access_rule import Decision
from chathakase.core.jobs import OFFER_AGAIN, TURNED_AWAY, Command
from chathakase.core.memory import Change, ChangeEffect, QuestionState
from chathakase.core.ports import ChangeStore
from chathakase.core.types import Incoming, SaidTo, Session, SessionId
from chathakase.engine.access.access import WORDS, Access
from chathakase.engine.access.admission import Admission, Caused
from chathakase.engine.intake.deferred import Deferred, following_of
from chathakase.engine.turns.active_turns import ActiveTurns


class Edits:
    """Takes in changes."""

    def __init__(
        self,
        *,
        store: ChangeStore,
        active_turns: ActiveTurns,
        admission: Admission,
        access: Access,
        deferred: Deferred,
        find: Callable[[Incoming], Command | None],
        address: Callable[[Incoming], Awaitable[Incoming]],
        wake: Callable[[Session], None],
        submit: Callable[[Incoming], Awaitable[bool]],
        enqueue: Callable[[Command], Awaitable[None]],
        enqueue_anyway: Callable[[Command], Awaitable[object]],
        changed: Callable[[SessionId], None],
        young: int,
        now: Callable[[], int],
    ) -> None:
        """``find`` tells which command a message is, if any, and ``address`` whom it is said to.

        ``changed`` hears of each session in which a change is followed.
        ``young``: milliseconds after which a message that only its change makes ours is not answered any more.
        """
        self._store = store
        self._active_turns = active_turns
        self._admission = admission
        self._access = access
        self._deferred = deferred
        self._find = find
        self._address = address
        self._wake = wake
        self._submit = submit
        self._enqueue = enqueue
        self._enqueue_anyway = enqueue_anyway
        self._changed = changed
        self._young = young
        self._now = now

    async def take_in(self, change: Change, *, settled: bool = False) -> None:
        """Have memory follow a change; when this returns, it does. Raises StoreError.

        What becomes a question by it is answered, but a command that becomes another one is not done once more. One
        that calls us waits to be known who makes it, unless that is ``settled`` as far as it can be.
        """
        if not settled and await self._joins(change):
            return
        if change.now is not None:
            change = await self._listen(change, change.now)
            if not settled and await self._defers(change):
                return
        effect = await self._follow(change)
        if effect is None and await self._was_known(change):
            if not settled and await self._joins(change):
                # What it changes was about to wait.
                return
            effect = await self._follow(change)
        if effect is not None:
            self._changed(effect.session)
            await self._apply(change, effect)

    async def _joins(self, change: Change) -> bool:
        """Whether a change is taken in with what it changes, which waits; it waits as well, for another process."""
        joins = self._deferred.is_joined_by(change)
        if joins and change.now is not None:
            await self._enqueue_anyway(following_of(change, change.now))
        return joins

    async def _listen(self, change: Change, now: Incoming) -> Change:
        """The same change with whom the message is said to now; to call the bot by its name is to call it."""
        heard = await self._address(now)
        by_name = not heard.opens and heard.said_to is SaidTo.BOT
        return replace(change, now=heard, calls=change.calls or by_name)

    async def _defers(self, change: Change) -> bool:
        """Whether a change waits, stored, to be known who makes it."""
        now = change.now
        if now is None or not now.asks:
            return False
        await self._access.learn_of(now)
        waits = change.calls and self._is_young(now) and self._access.decision_on(now) is Decision.UNKNOWN
        if waits and await self._enqueue_anyway(following_of(change, now)):
            self._deferred.keep_change(change)
        return waits

    async def _follow(self, change: Change) -> ChangeEffect | None:
        """Have memory follow a change. What it makes a question by it counts as one, and may be one too many."""
        now = change.now
        if now is None:
            return await self._store.change(change)
        is_command, calls = self._find(now) is not None, change.calls and self._is_young(now)
        may_become_one = now.asks and not is_command
        why = self._why_not(now) if may_become_one else None
        effect = await self._store.change(change, is_command=is_command, calls=calls, may_ask=why is None)
        standing = effect.standing if effect else None
        if may_become_one and why is None and standing is not QuestionState.ASKED:
            self._admission.take_back(now)
        if effect and standing is QuestionState.REFUSED and why:
            await self._tell(now, Command(effect.place, now.ref, now.author, why))
        return effect

    def _why_not(self, now: Incoming) -> str | None:
        """Why what is said now cannot be asked, if so; else it is counted."""
        decision = self._access.decision_on(now)
        return self._admission.refusal(now) if decision is Decision.ALLOWED else WORDS[decision]

    async def _tell(self, now: Incoming, word: Command) -> None:
        """Tell somebody, once in a while, why what they say now is not answered."""
        teller = self._access if word.name in TURNED_AWAY else self._admission
        with teller.telling(now) as tells:
            if tells:
                await self._enqueue_anyway(word)

    async def _was_known(self, change: Change) -> bool:
        """Take in late what a person said, and is young: it may have overtaken itself, or mention us only now.

        True when it was known after all, which may be since a moment ago, and as it was before the change.
        """
        now = change.now
        return now is not None and self._is_young(now) and not await self._submit(now)

    async def _apply(self, change: Change, effect: ChangeEffect) -> None:
        if effect.standing is QuestionState.ASKED:
            self._wake(Session(effect.session, effect.place))
        elif effect.standing is QuestionState.WAITING:
            self._restart(change, effect)
        elif effect.standing is QuestionState.NEWEST and change.now is not None and change.now.asks:
            ref = f"{change.ref} {change.at}"
            await self._enqueue(Command(effect.place, ref, effect.author, OFFER_AGAIN))

    def _is_young(self, now: Incoming | None) -> bool:
        return now is not None and not now.name and self._now() - now.said // 1000 <= self._young

    def _restart(self, change: Change, effect: ChangeEffect) -> None:
        """Have the answer that is being written take a change in, unless whoever makes it has caused too much."""
        active_turn = self._active_turns.find(effect.session)
        if active_turn is None or not active_turn.lease.since < effect.seq <= active_turn.lease.upto:
            return
        if change.now is None:
            self._active_turns.restart(effect.session, withdrawn=True)
            return
        active_turn.edits[change.ref] = effect.author
        # Beyond that it is not restarted, whatever is said.
        if self._active_turns.may_restart(active_turn.lease.turn) and not self._admission.refusal(
            Caused(effect.author, effect.place)
        ):
            self._active_turns.restart(effect.session)
