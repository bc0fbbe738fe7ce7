"""What is asked and what models cost, counted in memory."""

from collections.abc import Callable
from dataclasses import replace

from chathakase.core.moments import DAY
from chathakase.core.ports import UsageStore
from chathakase.core.types import Place, Usage, WorkspaceKey
from chathakase.core.usage import DailyUsage, Price, unpriced

AGENT = "default"
NOTHING = (0, 0, 0, 0, 0)


class Meter(UsageStore):
    """Counts, and remembers it."""

    def __init__(self, clock: Callable[[], int], *, price: Price = unpriced) -> None:
        self._clock = clock
        self._price = price
        self._used: dict[tuple[WorkspaceKey, int, str, str, str], DailyUsage] = {}
        """By workspace, day, channel, person and model."""

    def ask(self, place: Place, person: str) -> None:
        """Count a question of somebody."""
        self._add(place, person, "", questions=1)

    def spend(self, place: Place, person: str, model: str, usage: Usage) -> None:
        """Count what a call of a model cost."""
        tokens = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
        self._add(place, person, model, calls=1, cost=self._price(model, usage), **tokens)

    def _add(self, place: Place, person: str, model: str, **counts: int) -> None:
        day = self._clock() // DAY
        key = (place.workspace_key, day, place.channel, person, model)
        known = self._used.get(key) or DailyUsage(day, place.channel, person, AGENT, model, *NOTHING)
        added = {name: getattr(known, name) + count for name, count in counts.items()}
        self._used[key] = replace(known, **added)

    async def days(self, workspace: WorkspaceKey, *, since: int, person: str | None = None) -> list[DailyUsage]:
        used = [
            each
            for (where, day, _, whose, _), each in self._used.items()
            if where == workspace and day >= since and person in (None, whose)
        ]
        return sorted(used, key=lambda each: (each.day, each.channel, each.person, each.model))

    async def prune(self) -> int:
        raise NotImplementedError
